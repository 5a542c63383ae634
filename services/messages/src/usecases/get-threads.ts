import {
  type Caller,
  type Message,
  maxParticipants,
  mayName,
  type Thread,
  type ThreadSummary,
} from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { toMessage } from '../domain/timeline-row.ts';
import { latestThreadsOf, type ThreadFacts, threadFacts, unreadThreads } from '../stores/threads.ts';
import { findMessages } from '../stores/timeline.ts';
import type { CommonContext, Context } from './context.ts';
import { snapshotOptions } from './read-replica.ts';
import { requireReader } from './room-access.ts';

/** A member of a room, and the room. */
interface Viewer {
  roomId: string;
  userId: string;
}

interface ThreadsQuery {
  filter: 'followed' | 'unread' | 'all';
  limit: number;
  before_seq?: number | undefined;
}

/** Threads of a room, those with the latest replies first. */
export async function listThreads(
  context: Context,
  caller: Caller,
  roomId: string,
  { filter, limit, before_seq: before = Number.MAX_SAFE_INTEGER }: ThreadsQuery,
) {
  await requireReader(context, caller, roomId);
  const viewer = { roomId, userId: caller.userId };
  return context.db.transaction(async (snapshot) => {
    const { rootSeqs, next } =
      filter === 'unread'
        ? { rootSeqs: (await unreadThreads(snapshot, caller.userId, roomId)).map(rootOf), next: null }
        : await latestRoots(snapshot, viewer, { filter, before, limit });
    const found = await showThreads(snapshot, viewer, rootSeqs);
    const earlier = found.filter(({ lastReplySeq }) => lastReplySeq !== null && lastReplySeq < before);
    const threads = earlier.sort(byLastReply).slice(0, limit);
    const cut = earlier.length > threads.length ? (threads.at(-1)?.lastReplySeq ?? null) : next;
    return { threads, pagination: { limit, hasMore: cut !== null, before_seq: cut } };
  }, snapshotOptions);
}

const rootOf = ({ rootSeq }: { rootSeq: number }): number => rootSeq;
const byLastReply = (one: ThreadSummary, other: ThreadSummary) =>
  (other.lastReplySeq ?? 0) - (one.lastReplySeq ?? 0);

async function latestRoots(
  db: Queryable,
  viewer: Viewer,
  query: { filter: 'followed' | 'all'; before: number; limit: number },
) {
  const { threads, next } = await latestThreadsOf(db, viewer, query);
  return { rootSeqs: threads.map(rootOf), next };
}

/** Threads with their roots, which may be deleted. */
export async function showThreads(
  db: Queryable,
  viewer: Viewer,
  rootSeqs: readonly number[],
): Promise<Thread[]> {
  if (rootSeqs.length === 0) return [];
  const { roomId } = viewer;
  const facts = await threadFacts(db, viewer, rootSeqs, maxParticipants);
  const rows = await findMessages(
    db,
    rootSeqs.map((seq) => ({ roomId, seq })),
  );
  const roots = new Map(rows.map((row) => [row.seq, toMessage(row)]));
  return facts.flatMap((one) => {
    const root = roots.get(one.rootSeq);
    return root ? [{ ...toSummary(roomId, one), root }] : [];
  });
}

/** The threads that these messages begin; those without replies are left out. */
export async function getThreadsOf(
  { db }: Context,
  { userId }: Caller,
  roomId: string,
  messages: readonly Message[],
): Promise<ThreadSummary[]> {
  const rootSeqs = messages.flatMap(({ seq, threadRootSeq }) => (threadRootSeq === undefined ? [seq] : []));
  if (rootSeqs.length === 0) return [];
  const facts = await threadFacts(db, { roomId, userId }, rootSeqs, maxParticipants);
  return facts.flatMap((one) => (one.lastReplySeq === null ? [] : [toSummary(roomId, one)]));
}

/** How many followed threads have unread replies, in each of the caller's rooms. */
export async function getUnreadThreads({ databases }: CommonContext, caller: Caller) {
  const rooms = new Map<string, { roomId: string; threads: number; unread: number }>();
  const all = await databases.gatherAll(({ db }) => unreadThreads(db, caller.userId, null));
  for (const { roomId, unread } of all) {
    if (!mayName(caller, roomId)) continue;
    const room = rooms.get(roomId) ?? { roomId, threads: 0, unread: 0 };
    rooms.set(roomId, { roomId, threads: room.threads + 1, unread: room.unread + unread });
  }
  const counts = [...rooms.values()];
  return { rooms: counts, total: counts.reduce((sum, { unread }) => sum + unread, 0) };
}

function toSummary(roomId: string, { lastReplyAt, ...facts }: ThreadFacts): ThreadSummary {
  return { roomId, ...facts, lastReplyAt: lastReplyAt?.toISOString() ?? null };
}
