import type { Caller, ReadPosition } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { ReadStore } from '../stores/read-store.ts';
import type { RoomGuard } from './room-guard.ts';

const maxMembers = 1_000;

export class GetReadPositions {
  readonly #db: Database;
  readonly #reads: ReadStore;
  readonly #guard: RoomGuard;

  constructor(deps: { db: Database; reads: ReadStore; guard: RoomGuard }) {
    this.#db = deps.db;
    this.#reads = deps.reads;
    this.#guard = deps.guard;
  }

  async run(caller: Caller, roomId: string): Promise<ReadPosition[]> {
    await this.#guard.reader(roomId, caller);
    return this.#reads.positions(this.#db, roomId, maxMembers);
  }
}
