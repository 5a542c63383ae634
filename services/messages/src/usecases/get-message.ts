import type { Caller, Message } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import { toMessage } from '../domain/timeline-row.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { RoomGuard } from './room-guard.ts';

export class GetMessage {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #guard: RoomGuard;

  constructor(deps: { db: Database; timeline: TimelineStore; guard: RoomGuard }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#guard = deps.guard;
  }

  async run(caller: Caller, roomId: string, messageId: string): Promise<Message> {
    await this.#guard.reader(roomId, caller);
    const row = await this.#timeline.findMessage(this.#db, roomId, messageId);
    if (!row) throw new AppError('message_not_found');
    return toMessage(row);
  }
}
