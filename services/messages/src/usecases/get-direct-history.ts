import { ask, type Bus } from '@parley/bus';
import { type BeforeMessage, type Caller, calls, type Message } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { GetHistory } from './get-history.ts';

/** Pages through what two people wrote to each other, without their knowing of a room; reading makes none. */
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

  /** @throws AppError `user_not_found`, `self_reference`; `message_not_found` when `before` names none of theirs */
  async run(caller: Caller, otherId: string, query: { before?: BeforeMessage | undefined; limit: number }): Promise<Message[]> {
    const { room } = await ask(this.#bus, calls.findDirectRoom, { userId: caller.userId, otherId });
    if (!room) return [];
    const before = query.before && (await this.#seqOf(room.id, query.before));
    const page = await this.#getHistory.run(caller, room.id, { limit: query.limit, before_seq: before, withoutDeleted: true });
    return page.messages;
  }

  async #seqOf(roomId: string, before: BeforeMessage): Promise<number> {
    if ('seq' in before) return before.seq;
    if ('time' in before) return this.#timeline.firstSeqSince(this.#db, roomId, before.time);
    const message = await this.#timeline.findMessage(this.#db, roomId, before.messageId);
    if (!message) throw new AppError('message_not_found');
    return message.seq;
  }
}
