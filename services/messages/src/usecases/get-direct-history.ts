import { ask } from '@parley/bus';
import { type BeforeMessage, type Caller, calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError, validationFailed } from '@parley/errors';
import { timesPerMs } from '../domain/timeline-row.ts';
import { findMessage, firstSeqSince, pageMessages, seqAt } from '../stores/timeline.ts';
import type { CommonContext, Context } from './context.ts';
import { getHistory, type HistoryPage } from './get-history.ts';

/**
 * Pages through the messages of two users without naming their room. Reading does not create the
 * room.
 * @throws AppError `user_not_found`, `self_reference`; `message_not_found` if `before` is not a
 *   message of their room; `validation_failed` if it is a time that several messages share
 */
export async function getDirectHistory(
  context: CommonContext,
  caller: Caller,
  otherId: string,
  { before, limit, offset }: { before?: BeforeMessage | undefined; limit: number; offset: number },
): Promise<Pick<HistoryPage, 'messages' | 'hasMore'>> {
  const { room } = await ask(context.bus, calls.findDirectRoom, { userId: caller.userId, otherId });
  if (!room) return { messages: [], hasMore: false };
  const database = context.databases.of(room.id);
  const before_seq = before && (await seqOf(database, room.id, before));
  return getHistory(database, caller, room.id, { limit, offset, before_seq, only: 'present' });
}

async function seqOf({ db }: Context, roomId: string, before: BeforeMessage): Promise<number> {
  if ('seq' in before) return before.seq;
  if ('time' in before) {
    const { time, micros } = before;
    return micros === null ? firstSeqAt(db, roomId, time) : exactSeq(db, roomId, time, micros);
  }
  const message = await findMessage(db, roomId, before.messageId);
  if (!message) throw new AppError('message_not_found');
  return message.seq;
}

/** A time that matches no message selects everything before its millisecond. */
const exactSeq = async (db: Database, roomId: string, time: Date, digits: number): Promise<number> =>
  (await seqAt(db, roomId, { time, digits, modulus: timesPerMs })) ?? firstSeqSince(db, roomId, time);

/**
 * For a time without microseconds. If several messages share it, the reader may have received some
 * of them: any page would skip or repeat messages.
 */
async function firstSeqAt(db: Database, roomId: string, time: Date): Promise<number> {
  const first = await firstSeqSince(db, roomId, time);
  const window = { after: first - 1, limit: 2, from: 'oldest', only: 'present' } as const;
  const [one, other] = await pageMessages(db, roomId, window);
  if (one && other && Math.max(+one.createdAt, +other.createdAt) <= +time) {
    const message = 'is a time of several messages: give created_at with all six decimals, the id or the seq';
    throw validationFailed({ field: 'before', message, reason: 'invalid' });
  }
  return first;
}
