import { debounce } from './debounce.ts';
import type { Lifetime } from './lifetime.ts';
import type { Live, Login } from './live.ts';
import { LiveStore } from './live-store.ts';

export interface UserName {
  username: string;
  /** The name that the user has chosen; empty if they have not. */
  name: string;
}

/** User → name. */
export type UserNames = ReadonlyMap<string, UserName>;

const nothing: UserNames = new Map();
/** The members of a room arrive meanwhile, with their names. */
const askAfterMs = 500;
const requestsAtOnce = 2;

/** The names of users, as of the last answer with them: the server announces no changes. */
export class UserNamesStore extends LiveStore<UserNames> {
  readonly #waiting = new Set<string>();
  /** Each user is asked for once. */
  readonly #asked = new Set<string>();
  #ask: () => void = () => undefined;
  #running = 0;

  constructor(login: Login) {
    super(login, nothing);
  }

  /** Asks for the name of that user, unless another answer contains it. */
  want(userId: string): void {
    if (this.get().has(userId) || this.#asked.has(userId)) return;
    this.#waiting.add(userId);
    this.#ask();
  }

  /** Takes over what a request has answered. */
  learn(users: readonly ({ userId: string } & UserName)[]): void {
    if (!this.live) return;
    const before = this.get();
    const changed = users.filter(({ userId, username, name }) => {
      const known = before.get(userId);
      return known?.username !== username || known.name !== name;
    });
    if (changed.length === 0) return;
    this.set(
      new Map([
        ...before,
        ...changed.map(({ userId, username, name }) => [userId, { username, name }] as const),
      ]),
    );
  }

  protected start(live: Live, lifetime: Lifetime): void {
    const ask = () => {
      while (this.#running < Math.min(requestsAtOnce, this.#waiting.size)) void this.#run(live, lifetime);
    };
    this.#ask = debounce(ask, lifetime, askAfterMs);
    lifetime.onEnd(() => {
      this.#waiting.clear();
      this.#asked.clear();
    });
    if (this.#waiting.size > 0) this.#ask();
  }

  async #run({ client }: Live, lifetime: Lifetime): Promise<void> {
    this.#running += 1;
    for (const userId of this.#waiting) {
      this.#waiting.delete(userId);
      if (this.get().has(userId)) continue;
      this.#asked.add(userId);
      // A user who must not be seen keeps the name that the messages have.
      const user = await client.api.getUser({ userId }).catch(() => undefined);
      if (lifetime.isOver) break;
      if (user) this.learn([{ userId, username: user.username, name: user.name }]);
    }
    this.#running -= 1;
  }
}
