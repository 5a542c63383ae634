import type { PresentUser } from '@parley/client';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';
import type { RoomsStore } from './rooms-store.ts';

export type Presence = 'online' | 'offline' | 'unknown';

type Online = ReadonlyMap<string, boolean>;

export function presenceIn(online: Online, userId: string): Presence {
  const isOnline = online.get(userId);
  if (isOnline === undefined) return 'unknown';
  return isOnline ? 'online' : 'offline';
}

const nothing: Online = new Map();
const requestsAtOnce = 4;

/**
 * The users whose presence is known: members of the rooms that were asked for, as of then, and
 * everyone whose status has changed since.
 */
export class PresenceStore extends LiveStore<Online> {
  readonly #rooms: RoomsStore;
  /** User → number of components. */
  readonly #wanted = new Map<string, number>();
  readonly #waiting = new Set<string>();
  #running = 0;

  constructor(login: Login, rooms: RoomsStore) {
    super(login, nothing);
    this.#rooms = rooms;
  }

  /** Asks for that user's presence by their direct room. Returns a function that ends the wish. */
  want(userId: string): () => void {
    this.#wanted.set(userId, (this.#wanted.get(userId) ?? 0) + 1);
    const stop = this.#rooms.subscribe(() => this.#askFor([userId]));
    this.#askFor([userId]);
    return () => {
      stop();
      const left = (this.#wanted.get(userId) ?? 1) - 1;
      if (left > 0) this.#wanted.set(userId, left);
      else this.#wanted.delete(userId);
    };
  }

  /** Takes over what a request has answered. */
  learn(users: readonly PresentUser[]): void {
    const before = this.get();
    const changed = users.filter(({ userId, isOnline }) => before.get(userId) !== isOnline);
    if (changed.length === 0) return;
    this.set(new Map([...before, ...changed.map(({ userId, isOnline }) => [userId, isOnline] as const)]));
  }

  protected start(live: Live, lifetime: Lifetime): void {
    listen(live, lifetime, 'status', ({ userId, username, status }) =>
      this.learn([{ userId, username, isOnline: status === 'online' }]),
    );
    // Changes of an absence are not repeated.
    onReturn(live, lifetime, () => this.#askFor([...this.#wanted.keys()], { again: true }));
    lifetime.onEnd(() => this.#waiting.clear());
    this.#askFor([...this.#wanted.keys()]);
  }

  #askFor(userIds: readonly string[], { again = false } = {}): void {
    const { live, lifetime } = this;
    if (!live || !lifetime) return;
    for (const userId of userIds) {
      const isKnown = this.get().has(userId) && !again;
      const roomId = isKnown ? undefined : this.#rooms.directRoomWith(userId);
      if (roomId) this.#waiting.add(roomId);
    }
    while (this.#running < Math.min(requestsAtOnce, this.#waiting.size)) void this.#run(live, lifetime);
  }

  async #run(live: Live, lifetime: Lifetime): Promise<void> {
    this.#running += 1;
    for (const roomId of this.#waiting) {
      this.#waiting.delete(roomId);
      const users = await live.session.people(roomId).catch(() => []);
      if (lifetime.isOver) break;
      this.learn(users);
    }
    this.#running -= 1;
  }
}
