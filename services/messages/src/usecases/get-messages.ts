import type { Message } from '@parley/contracts';
import { toMessage } from '../domain/timeline-row.ts';
import { findMessages } from '../stores/timeline.ts';
import type { CommonContext } from './context.ts';

/** Messages as they are now. The caller must check access to their rooms. */
export async function getMessages(
  { databases }: CommonContext,
  asked: readonly { roomId: string; seq: number }[],
): Promise<Message[]> {
  const rows = await databases.gather(asked, ({ db }, some) => findMessages(db, some));
  return rows.map(toMessage);
}
