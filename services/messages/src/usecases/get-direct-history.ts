import { ask, type Bus } from '@parley/bus';
import { type BeforeMessage, type Caller, calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import { timesPerMs } from '../domain/timeline-row.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { GetHistory, HistoryPage } from './get-history.ts';

/**
 * Pages through the messages of two users without naming their room. Reading does not create the
 * room.
 */
export class GetDirectHistory {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #timeline: TimelineStore;
  readonly #getHistory: GetHistory;

  constructor(deps: { db: Database; bus: Bus; timeline: TimelineStore; getHistory: GetHistory }) {
    this.#db = deps.db;
    this.#bus = deps.bus;
    this.#timeline = deps.timeline;
    this.#getHistory = deps.getHistory;
  }

  /**
   * @throws AppError `user_not_found`, `self_reference`; `message_not_found` if `before` is not a
   * message of their room
   */
  async run(
    caller: Caller,
    otherId: string,
    { before, limit, offset }: { before?: BeforeMessage | undefined; limit: number; offset: number },
  ): Promise<Pick<HistoryPage, 'messages' | 'hasMore'>> {
    const { room } = await ask(this.#bus, calls.findDirectRoom, { userId: caller.userId, otherId });
    if (!room) return { messages: [], hasMore: false };
    const before_seq = before && (await this.#seqOf(room.id, before));
    return this.#getHistory.run(caller, room.id, { limit, offset, before_seq, withoutDeleted: true });
  }

  async #seqOf(roomId: string, before: BeforeMessage): Promise<number> {
    if ('seq' in before) return before.seq;
    if ('time' in before) return this.#seqAt(roomId, before);
    const message = await this.#timeline.findMessage(this.#db, roomId, before.messageId);
    if (!message) throw new AppError('message_not_found');
    return message.seq;
  }

  /** A time that matches no message selects everything before its millisecond. */
  async #seqAt(roomId: string, { time, micros }: { time: Date; micros: number | null }): Promise<number> {
    const exact = micros !== null && { time, digits: micros, modulus: timesPerMs };
    const seq = exact ? await this.#timeline.seqAt(this.#db, roomId, exact) : undefined;
    return seq ?? this.#timeline.firstSeqSince(this.#db, roomId, time);
  }
}
