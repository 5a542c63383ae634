import { debounce } from './debounce.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';

/** User → the last `seq` of the room that they have read. */
export type ReadPositions = Record<string, number>;

const none: ReadPositions = {};
const reloadAfterMs = 300;

/** How far the members of a room have read it; at most 1,000 members. */
export class ReadPositionsStore extends LiveStore<ReadPositions> {
  readonly #roomId: string;

  constructor(login: Login, roomId: string) {
    super(login, none);
    this.#roomId = roomId;
  }

  protected start(live: Live, lifetime: Lifetime): void {
    const load = () => void this.#load(live, lifetime).catch(() => undefined);
    const reload = debounce(load, reloadAfterMs, lifetime);
    const { ready, release } = live.follower.follow(this.#roomId);
    lifetime.onEnd(release);
    listen(live, lifetime, 'read', ({ roomId, userId, seq }) => {
      if (roomId === this.#roomId) this.#put([[userId, seq]]);
    });
    listen(live, lifetime, 'left', ({ roomId, userId }) => {
      if (roomId !== this.#roomId) return;
      const { [userId]: _, ...others } = this.get();
      this.set(others);
    });
    for (const name of ['reset', 'added'] as const)
      listen(live, lifetime, name, ({ roomId }) => {
        if (roomId !== this.#roomId) return;
        this.set(none);
        reload();
      });
    onReturn(live, lifetime, reload);
    ready.then(load, () => undefined);
  }

  async #load({ client }: Live, lifetime: Lifetime): Promise<void> {
    const { positions } = await client.api.getReadPositions({ roomId: this.#roomId });
    if (!lifetime.isOver) this.#put(positions.map(({ userId, seq }) => [userId, seq]));
  }

  /** Positions never go back. */
  #put(positions: readonly (readonly [userId: string, seq: number])[]): void {
    const before = this.get();
    const further = positions.filter(([userId, seq]) => seq > (before[userId] ?? 0));
    if (further.length > 0) this.set({ ...before, ...Object.fromEntries(further) });
  }
}
