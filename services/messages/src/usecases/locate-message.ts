import { findRoomId } from '../stores/timeline.ts';
import type { CommonContext } from './context.ts';

/**
 * The room of a message, for calls that name only the message: all databases are asked. The caller
 * must check access to the room.
 */
export async function locateMessage({ databases }: CommonContext, messageId: string): Promise<string | null> {
  const [found] = await databases.gatherAll(async ({ db }) =>
    [(await findRoomId(db, messageId)) ?? []].flat(),
  );
  return found ?? null;
}
