import type { SubmissionOf } from '@parley/contracts';
import type { Outcome } from '../domain/outcome.ts';
import { toUpdate } from '../domain/timeline-row.ts';
import { expireRange } from '../stores/expiry.ts';
import { directPeople } from '../stores/rooms.ts';
import { lockRoom } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/**
 * Blanks a range of messages that are past their retention period. Each is a change of the room, so
 * clients drop the content.
 */
export async function expireMessages(
  { db, expiryMetrics, clock, mark }: Context,
  { roomId, after, upTo }: SubmissionOf<'expire'>,
): Promise<Outcome> {
  const { messages, expired, people } = await db.transaction(async (trx) => {
    await lockRoom(trx, roomId);
    const done = await expireRange(trx, { roomId, after, upTo }, new Date(clock()), mark);
    return { ...done, people: await directPeople(trx, roomId) };
  });
  expiryMetrics.expired(expired);
  // Published even if nothing changed: a crash may have prevented it the first time.
  return { answer: { op: 'expire', expired }, changes: messages.map((row) => toUpdate(row, people)) };
}
