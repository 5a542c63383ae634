import type { Message } from '@parley/contracts';
import type { PageReader, PageStart, Queryable } from '@parley/database';
import { type TimelineRow, toMessage } from '../domain/timeline-row.ts';
import { readNumberedPage } from '../stores/numbered-pages.ts';
import { findHead } from '../stores/rooms.ts';
import { pageMessages } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { requireReader } from './room-access.ts';

export interface HistoryQuery {
  limit: number;
  before_seq?: number | undefined;
  after_seq?: number | undefined;
  page?: number | undefined;
  /** Messages to skip at the start. */
  offset?: number;
  /**
   * `present`: without deleted messages. `inRoom`: without replies that are only in their thread.
   * @default all; deleted messages have no content
   */
  only?: 'present' | 'inRoom' | undefined;
}

export interface HistoryPage {
  messages: Message[];
  /** Whether there are more in the requested direction. */
  hasMore: boolean;
  before_seq: number | null;
  after_seq: number | null;
}

/**
 * Content of a page in UTF-16 code units. At three bytes each it still fits into one bus message.
 */
const maxContentOfPage = 4_000_000;

/**
 * Pages through a room's messages by `seq`, or by page number for clients that support only that.
 */
export async function getHistory(
  context: Context,
  caller: PageReader & { organizationId: string | null },
  roomId: string,
  query: HistoryQuery,
): Promise<HistoryPage> {
  await requireReader(context, caller, roomId);
  const { limit, before_seq: before, after_seq: after, page = 1, only } = query;
  const offset = (query.offset ?? 0) + (page - 1) * limit;
  const isNumbered = offset > 0 || (before === undefined && after === undefined);
  if (!isNumbered) return readPage(context, roomId, query, { offset });
  return readNumberedPage(
    context.db,
    {
      reader: caller,
      list: ['history', roomId, before, after, only],
      offset,
      limit,
    },
    (start: PageStart<number>) => readPage(context, roomId, query, start),
    ({ messages, hasMore, before_seq, after_seq }) => {
      const isFull = hasMore || messages.length === limit;
      return isFull ? ((after === undefined ? before_seq : after_seq) ?? undefined) : undefined;
    },
  );
}

async function readPage(
  context: Context,
  roomId: string,
  { limit, before_seq: before, after_seq: after, only }: HistoryQuery,
  start: PageStart<number>,
): Promise<HistoryPage> {
  const isNewestFirst = after === undefined;
  // One extra row shows whether there are more.
  const window = {
    limit: limit + 1,
    only,
    from: isNewestFirst ? 'newest' : 'oldest',
    before: isNewestFirst ? (start.after ?? before) : before,
    after: isNewestFirst ? undefined : (start.after ?? after),
    offset: start.offset,
  } as const;
  const read = (db: Queryable) => pageMessages(db, roomId, window);
  const rows = await context.replica.read({
    position: async (db) => new Map([[roomId, [await findHead(db, roomId)]]]),
    read,
    otherwise: () => read(context.db),
  });
  // `fitPage` keeps rows from the start of the page, which is its newest end unless paging forward.
  const inOrder = isNewestFirst ? rows.reverse() : rows;
  const fitting = fitPage(inOrder.slice(0, limit));
  const kept = isNewestFirst ? fitting.reverse() : fitting;
  return {
    messages: kept.map(toMessage),
    hasMore: kept.length < rows.length,
    before_seq: kept[0]?.seq ?? null,
    after_seq: kept.at(-1)?.seq ?? null,
  };
}

/** The rows that fit into an answer. The first one always does, so every page makes progress. */
export function fitPage(rows: readonly TimelineRow[]): TimelineRow[] {
  let length = 0;
  const end = rows.findIndex((row, index) => {
    length += row.content.length;
    return index > 0 && length > maxContentOfPage;
  });
  return end === -1 ? [...rows] : rows.slice(0, end);
}
