import type { Caller } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { toMessage } from '../domain/timeline-row.ts';
import { pageReplies } from '../stores/threads.ts';
import { findMessage } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { fitPage } from './get-history.ts';
import { showThreads } from './get-threads.ts';
import { snapshotOptions } from './read-replica.ts';
import { requireReader } from './room-access.ts';

/** A thread with a page of its replies, given any of its messages. */
export async function getThread(
  context: Context,
  caller: Caller,
  { roomId, messageId }: { roomId: string; messageId: string },
  query: { limit: number; before_seq?: number | undefined; after_seq?: number | undefined },
) {
  await requireReader(context, caller, roomId);
  const { limit, before_seq: before = Number.MAX_SAFE_INTEGER, after_seq: after } = query;
  const from = after === undefined ? 'newest' : 'oldest';
  return context.db.transaction(async (snapshot) => {
    const row = await findMessage(snapshot, roomId, messageId);
    const rootSeq = row && (row.threadRootSeq ?? row.seq);
    const [thread] = rootSeq ? await showThreads(snapshot, { roomId, userId: caller.userId }, [rootSeq]) : [];
    if (!thread || !rootSeq) throw new AppError('message_not_found');
    // One extra row shows whether there are more.
    const window = { before, after: after ?? 0, limit: limit + 1, from } as const;
    const rows = await pageReplies(snapshot, { roomId, rootSeq }, window);
    const fitting = fitPage(rows.slice(0, limit));
    const kept = from === 'newest' ? fitting.reverse() : fitting;
    return {
      thread,
      messages: kept.map(toMessage),
      pagination: {
        limit,
        hasMore: kept.length < rows.length,
        before_seq: kept[0]?.seq ?? null,
        after_seq: kept.at(-1)?.seq ?? null,
      },
    };
  }, snapshotOptions);
}
