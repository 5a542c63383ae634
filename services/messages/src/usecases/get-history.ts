import type { Message } from '@parley/contracts';
import type { Database, Queryable } from '@parley/database';
import { toMessage } from '../domain/timeline-row.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { ReadReplica } from './read-replica.ts';
import type { RoomGuard } from './room-guard.ts';

export interface HistoryQuery {
  limit: number;
  before_seq?: number | undefined;
  after_seq?: number | undefined;
  page?: number | undefined;
  /** @default false: they stand there empty */
  withoutDeleted?: boolean;
}

export interface HistoryPage {
  messages: Message[];
  pagination: { limit: number; hasMore: boolean; before_seq: number | null; after_seq: number | null; page: number | null };
}

/** Pages through a room's messages by `seq`; pages by number are there for clients that know nothing else. */
export class GetHistory {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #rooms: RoomStore;
  readonly #guard: RoomGuard;
  readonly #replica: ReadReplica;

  constructor(deps: { db: Database; timeline: TimelineStore; rooms: RoomStore; guard: RoomGuard; replica: ReadReplica }) {
    this.#db = deps.db;
    this.#rooms = deps.rooms;
    this.#replica = deps.replica;
    this.#timeline = deps.timeline;
    this.#guard = deps.guard;
  }

  async run(caller: { userId: string; organizationId: string | null }, roomId: string, query: HistoryQuery): Promise<HistoryPage> {
    await this.#guard.reader(roomId, caller);
    const { limit, before_seq: before, after_seq: after, page, withoutDeleted = false } = query;
    // One more than asked for tells whether there are more.
    const window = {
      limit: limit + 1,
      withoutDeleted,
      from: after === undefined ? 'newest' : 'oldest',
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(page !== undefined && { offset: (page - 1) * limit }),
    } as const;
    const read = (db: Queryable) => this.#timeline.messages(db, roomId, window);
    const rows = await this.#replica.read({
      position: async (db) => new Map([[roomId, [await this.#rooms.head(db, roomId)]]]),
      read,
      otherwise: () => read(this.#db),
    });
    const hasMore = rows.length > limit;
    const kept = after === undefined ? rows.slice(-limit) : rows.slice(0, limit);
    return {
      messages: kept.map(toMessage),
      pagination: { limit, hasMore, before_seq: kept[0]?.seq ?? null, after_seq: kept.at(-1)?.seq ?? null, page: page ?? null },
    };
  }
}
