import { ask } from '@parley/bus';
import { type BeforeMessage, type Caller, calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { timesPerMs } from '../domain/timeline-row.ts';
import { findMessage, firstSeqSince, seqAt } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { getHistory, type HistoryPage } from './get-history.ts';

/**
 * Pages through the messages of two users without naming their room. Reading does not create the
 * room.
 * @throws AppError `user_not_found`, `self_reference`; `message_not_found` if `before` is not a
 *   message of their room
 */
export async function getDirectHistory(
  context: Context,
  caller: Caller,
  otherId: string,
  { before, limit, offset }: { before?: BeforeMessage | undefined; limit: number; offset: number },
): Promise<Pick<HistoryPage, 'messages' | 'hasMore'>> {
  const { room } = await ask(context.bus, calls.findDirectRoom, { userId: caller.userId, otherId });
  if (!room) return { messages: [], hasMore: false };
  const before_seq = before && (await seqOf(context, room.id, before));
  return getHistory(context, caller, room.id, { limit, offset, before_seq, withoutDeleted: true });
}

/** A time that matches no message selects everything before its millisecond. */
async function seqOf({ db }: Context, roomId: string, before: BeforeMessage): Promise<number> {
  if ('seq' in before) return before.seq;
  if ('time' in before) {
    const { time, micros } = before;
    const exact = micros !== null && { time, digits: micros, modulus: timesPerMs };
    const seq = exact ? await seqAt(db, roomId, exact) : undefined;
    return seq ?? firstSeqSince(db, roomId, time);
  }
  const message = await findMessage(db, roomId, before.messageId);
  if (!message) throw new AppError('message_not_found');
  return message.seq;
}
