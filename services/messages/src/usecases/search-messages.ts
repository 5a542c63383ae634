import { ask } from '@parley/bus';
import { type Caller, calls, type SearchHit } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import { isOfRoom } from '../domain/mentions.ts';
import { matches, rangesOf } from '../domain/search/match.ts';
import {
  byPlace,
  firstPlace,
  isAfter,
  mergePages,
  type Place,
  toCursor,
  toPlace,
} from '../domain/search/place.ts';
import { choosePlan, type Plan, shareScan } from '../domain/search/plan.ts';
import { parseQuery, type Query, toTsQuery } from '../domain/search/query.ts';
import {
  linkTerm,
  mentionTerm,
  roomMentionTerm,
  roomTerm,
  senderTerm,
  threadTerm,
} from '../domain/search/terms.ts';
import { hasLink } from '../domain/search/text.ts';
import { assertMayRead, refuseReading } from '../domain/standing.ts';
import { type TimelineRow, toMessage } from '../domain/timeline-row.ts';
import { estimate, findCandidates, inSnapshot, latestChanges } from '../stores/search.ts';
import { type SearchedRoom, searchedRooms } from '../stores/search-index.ts';
import { findMessage, findMessages } from '../stores/timeline.ts';
import type { CommonContext, Context } from './context.ts';
import { locateMessage } from './locate-message.ts';
import { findStandings } from './room-access.ts';

export interface SearchQuestion {
  q?: string | undefined;
  roomId?: readonly string[] | undefined;
  from?: string | undefined;
  mentions?: 'me' | undefined;
  has?: 'link' | undefined;
  inThread?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

interface Searched {
  hits: SearchHit[];
  nextCursor: string | null;
  complete: boolean;
  through: { roomId: string; seq: number }[];
}

/** The results of one database. */
interface Found {
  rows: TimelineRow[];
  /** Up to where there are no others; null: to the end. */
  next: Place | null;
  through: Searched['through'];
}

/** More users than anyone may block. */
const maxIgnored = 10_000;
/** Changed rows that a search reads from timelines because the index does not contain them. */
const maxScanned = 2_000;
/** Candidates beyond a page, because some of them may not match. */
const spare = 10;
/** A statement that takes longer ends the search. */
const statementMs = 2_000;
/** A page that has taken this long ends where it is. */
const enoughMs = 1_500;

/**
 * Finds messages by the index, and by the timeline what is not indexed yet. Every message is read
 * as it is now and checked, so an outdated index costs time but never shows anything. One snapshot
 * of each database serves all its reads, so no message is missed while it is being indexed.
 *
 * @throws AppError `search_too_broad`, `room_not_found`, `not_authorized`, `rate_limit`;
 *   `unavailable`, `timeout`: without the directory we do not know whom the caller ignores
 */
export async function searchMessages(
  context: CommonContext,
  caller: Caller,
  question: SearchQuestion,
): Promise<Searched> {
  await context.searchLimiter(caller.userId);
  const from = toPlace(question.cursor);
  const { userId, organizationId } = caller;
  const thread = question.inThread ? await findThread(context, question.inThread) : undefined;
  const roomIds = thread ? [thread.roomId] : question.roomId;
  const { databases } = context;
  const parts = roomIds && databases.split(roomIds);
  const standings = (parts ?? []).map(([database, some]) =>
    findStandings(
      database,
      some.map((roomId) => ({ roomId, userId })),
    ),
  );
  for (const standing of (await Promise.all(standings)).flat()) {
    if (standing instanceof Error) throw standing;
    // A thread in a room that is hidden looks like one that does not exist.
    if (thread && refuseReading(standing, organizationId)) throw new AppError('message_not_found');
    assertMayRead(standing, organizationId);
  }
  const { userIds } = await ask(context.bus, calls.getBlockedUsers, { userId, limit: maxIgnored, own: true });
  const filter = createFilter(question, userId, new Set(userIds), thread);
  const asked = parts ?? databases.all.map((database) => [database, undefined] as const);
  const { limit } = question;
  const all = await Promise.all(
    asked.map(([database, roomId]) =>
      inSnapshot(database.searchDb, statementMs, (snapshot) =>
        searchSnapshot(database, snapshot, { userId, roomIds: roomId, limit, filter, from }),
      ),
    ),
  );
  const found = all.flatMap((one) => one ?? []);
  if (found.length < all.length) {
    context.searchMetrics.searched('too_broad');
    throw new AppError('search_too_broad');
  }
  const { rows, next } = mergePages(found, limit);
  const through = found.flatMap((one) => one.through);
  context.searchMetrics.searched(through.length === 0 ? 'complete' : 'incomplete');
  return {
    hits: rows.map((row) => ({ message: toMessage(row), ranges: rangesOf(row.content, filter.query) })),
    nextCursor: next && toCursor(next),
    complete: through.length === 0,
    through,
  };
}

interface FoundThread {
  roomId: string;
  rootSeq: number;
}

/** @throws AppError `message_not_found` */
async function findThread(context: CommonContext, messageId: string): Promise<FoundThread> {
  const roomId = await locateMessage(context, messageId);
  const row = roomId && (await findMessage(context.databases.of(roomId).db, roomId, messageId));
  if (!row) throw new AppError('message_not_found');
  return { roomId, rootSeq: row.threadRootSeq ?? row.seq };
}

interface Filter {
  thread: FoundThread | undefined;
  query: Query;
  before: Date;
  after: Date;
  /** Terms of the filters, beside those of the words. */
  terms: (string | string[])[];
  accepts(row: TimelineRow): boolean;
}

function createFilter(
  { q = '', from, mentions, has, before, after }: SearchQuestion,
  userId: string,
  ignored: ReadonlySet<string>,
  thread: FoundThread | undefined,
): Filter {
  const query = parseQuery(q);
  const until = before ? new Date(before) : firstPlace.createdAt;
  const since = new Date(after ?? 0);
  return {
    query,
    thread,
    before: until,
    after: since,
    terms: [
      ...(from ? [senderTerm(from)] : []),
      ...(mentions ? [[mentionTerm(userId), roomMentionTerm]] : []),
      ...(has ? [linkTerm] : []),
      ...(thread ? [threadTerm(thread.rootSeq)] : []),
    ],
    accepts: (row) =>
      row.kind === 'message' &&
      !row.deletedAt &&
      !row.isEncrypted &&
      !ignored.has(row.senderId) &&
      (from === undefined || row.senderId === from) &&
      (mentions === undefined || mentionsOther(row, userId)) &&
      row.createdAt < until &&
      row.createdAt >= since &&
      (has === undefined || hasLink(row.content)) &&
      (thread === undefined || (row.threadRootSeq ?? row.seq) === thread.rootSeq) &&
      matches(row.content, query),
  };
}

/** Whether the message of another user mentions this one, by name or with all members. */
const mentionsOther = ({ senderId, mentions }: TimelineRow, userId: string): boolean =>
  senderId !== userId && (mentions ?? []).some((one) => isOfRoom(one) || one.userId === userId);

interface Asked {
  userId: string;
  /** Absent: all of the user's rooms. */
  roomIds: readonly string[] | undefined;
  limit: number;
  filter: Filter;
  from: Place;
}

async function searchSnapshot(
  context: Context,
  snapshot: Queryable,
  { userId, roomIds, limit, filter, from }: Asked,
): Promise<Found> {
  const { changedRooms, databases } = context;
  const rooms = databases.ownOf(context, await searchedRooms(snapshot, userId, roomIds));
  const { rows: latest, through } = await scanLatest(snapshot, rooms);
  // Finds rooms whose writer has not indexed them, such as one that was killed.
  changedRooms.addRooms(rooms.flatMap(({ roomId, changes }) => (changes > 0 ? [roomId] : [])));
  const found = new Map<string, TimelineRow>();
  const add = (row: TimelineRow) => {
    if (filter.accepts(row) && isAfter(from, row)) found.set(row.id, row);
  };
  for (const row of latest) add(row);
  // The index knows a thread's replies; whether others reply to a message is not a term of it.
  const { thread } = filter;
  if (thread) for (const row of await findMessages(snapshot, [{ ...thread, seq: thread.rootSeq }])) add(row);

  const search = await planSearch(snapshot, rooms, filter, limit + spare);
  let at = from;
  let isAtEnd = rooms.length === 0;
  const startedAt = performance.now();
  while (!isAtEnd && countBefore(found, at) <= limit && performance.now() - startedAt < enoughMs) {
    const candidates = await findCandidates(snapshot, { ...search, from: at, limit: limit + spare });
    for (const row of await findMessages(snapshot, candidates)) add(row);
    at = candidates.at(-1) ?? at;
    isAtEnd = candidates.length < limit + spare;
  }
  const results = [...found.values()].sort(byPlace);
  return { ...mergePages([{ rows: results, next: isAtEnd ? null : at }], limit), through };
}

/** Reads what the index does not contain, the newest changes first. */
async function scanLatest(snapshot: Queryable, rooms: readonly SearchedRoom[]) {
  const lagging = shareScan(
    rooms.filter(({ changes }) => changes > 0),
    maxScanned,
  );
  if (lagging.length === 0) return { rows: [], through: [] };
  // One row more shows whether there are more.
  const asked = lagging.map(({ roomId, through, take }) => ({ roomId, after: through, take: take + 1 }));
  const rows = await latestChanges(snapshot, asked);
  const counts = new Map<string, number>();
  for (const { roomId } of rows) counts.set(roomId, (counts.get(roomId) ?? 0) + 1);
  const through = lagging.flatMap(({ roomId, through: seq, take }) =>
    (counts.get(roomId) ?? 0) > take ? [{ roomId, seq }] : [],
  );
  return { rows, through };
}

async function planSearch(
  snapshot: Queryable,
  rooms: readonly SearchedRoom[],
  { query, terms: further, before, after }: Filter,
  limit: number,
) {
  const words = toTsQuery(query, further);
  const roomIds = rooms.map(({ roomId }) => roomId);
  let plan: Plan = 'walk';
  if (words !== null) {
    const { total, found } = await estimate(snapshot, words);
    const frequency = total > 0 ? found / total : 0;
    plan = choosePlan({ frequency, total, rooms: rooms.map(({ rows }) => rows), limit });
  }
  const [only] = roomIds;
  const isOneRoom = plan === 'index' && roomIds.length === 1 && only !== undefined;
  const terms = isOneRoom ? toTsQuery(query, [...further, roomTerm(only)]) : words;
  return { plan, roomIds, terms, before, after };
}

/** The results up to a place. */
const countBefore = (found: ReadonlyMap<string, TimelineRow>, at: Place): number =>
  [...found.values()].filter((row) => !isAfter(at, row)).length;
