import { findRoomId } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/**
 * The room of a message, for calls that name only the message. The caller must check access to the
 * room.
 */
export const locateMessage = ({ db }: Context, messageId: string): Promise<string | null> =>
  findRoomId(db, messageId);
