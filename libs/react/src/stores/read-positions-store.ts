import type { Lifetime } from './lifetime.ts';
import type { Live, Login } from './live.ts';
import { LiveRoomStore } from './live-room-store.ts';

/** User → the last `seq` of the room that they have read. */
export type ReadPositions = Record<string, number>;

const none: ReadPositions = {};

/** How far the members of a room have read it; at most 1,000 members. */
export class ReadPositionsStore extends LiveRoomStore<ReadPositions> {
  constructor(login: Login, roomId: string) {
    super(login, none, roomId);
  }

  protected start(live: Live, lifetime: Lifetime): void {
    this.listen(live, lifetime, ['read'], ({ userId, seq }) => this.#put([[userId, seq]]));
    this.listen(live, lifetime, ['left'], ({ userId }) => {
      const { [userId]: _, ...others } = this.get();
      this.set(others);
    });
    this.listen(live, lifetime, ['reset', 'added'], () => this.set(none));
    this.keepLoaded(live, lifetime, ['reset', 'added'], async () => {
      const { positions } = await live.client.api.getReadPositions({ roomId: this.roomId });
      if (!lifetime.isOver) this.#put(positions.map(({ userId, seq }) => [userId, seq]));
    });
  }

  /** Positions never go back. */
  #put(positions: readonly (readonly [userId: string, seq: number])[]): void {
    const before = this.get();
    const further = positions.filter(([userId, seq]) => seq > (before[userId] ?? 0));
    if (further.length > 0) this.set({ ...before, ...Object.fromEntries(further) });
  }
}
