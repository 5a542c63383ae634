import type { Message } from '@parley/contracts';
import { toMessage } from '../domain/timeline-row.ts';
import { findMessages } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/** Messages as they are now. The caller must check access to their rooms. */
export async function getMessages(
  { db }: Context,
  asked: readonly { roomId: string; seq: number }[],
): Promise<Message[]> {
  return (await findMessages(db, asked)).map(toMessage);
}
