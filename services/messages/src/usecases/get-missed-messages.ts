import type { CallOutput, CallQuestion, calls } from '@parley/contracts';
import { toMessage } from '../domain/timeline-row.ts';
import { positionsOf } from '../stores/positions.ts';
import { firstSeqSince, pageMessages } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/** Counting stops here, as in `GET /api/v1/unread`. */
const maxMessages = 1_000;

export async function getMissedMessages(
  { db }: Context,
  { roomId, since, userIds }: CallQuestion<typeof calls.getMissedMessages>,
): Promise<CallOutput<typeof calls.getMissedMessages>> {
  const first = await firstSeqSince(db, roomId, new Date(since));
  const window = { after: first - 1, limit: maxMessages, from: 'newest', only: 'present' } as const;
  const [rows, positions] = await Promise.all([
    pageMessages(db, roomId, window),
    positionsOf(db, roomId, userIds),
  ]);
  return { messages: rows.map(toMessage), positions };
}
