import { debounce } from './debounce.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';
import type { PresenceStore } from './presence-store.ts';

/** Member → whether they are online. */
export type RoomPresence = Record<string, boolean>;

const nobody: RoomPresence = {};
const reloadAfterMs = 300;

/** The presence of the members of a room; at most 1,000. */
export class RoomPresenceStore extends LiveStore<RoomPresence> {
  readonly #roomId: string;
  readonly #presence: PresenceStore;

  constructor(login: Login, roomId: string, presence: PresenceStore) {
    super(login, nobody);
    this.#roomId = roomId;
    this.#presence = presence;
  }

  protected start(live: Live, lifetime: Lifetime): void {
    const load = () => void this.#load(live, lifetime).catch(() => undefined);
    const reload = debounce(load, reloadAfterMs, lifetime);
    const { ready, release } = live.follower.follow(this.#roomId);
    lifetime.onEnd(release);
    lifetime.onEnd(this.#presence.use());
    listen(live, lifetime, 'status', ({ userId, status }) => {
      const isOnline = status === 'online';
      const before = this.get();
      if (Object.hasOwn(before, userId) && before[userId] !== isOnline)
        this.set({ ...before, [userId]: isOnline });
    });
    for (const name of ['joined', 'left', 'added'] as const)
      listen(live, lifetime, name, ({ roomId }) => {
        if (roomId === this.#roomId) reload();
      });
    onReturn(live, lifetime, reload);
    ready.then(load, () => undefined);
  }

  async #load({ session }: Live, lifetime: Lifetime): Promise<void> {
    const users = await session.people(this.#roomId);
    if (lifetime.isOver) return;
    this.#presence.learn(users);
    this.set(Object.fromEntries(users.map(({ userId, isOnline }) => [userId, isOnline])));
  }
}
