import type { Caller } from '@parley/contracts';
import { type UnreadRoom, unreadRooms } from '../stores/unread.ts';
import type { Context } from './context.ts';

/** Counting stops here in each room. */
const maxPerRoom = 1_000;

/** Unread counts, derived from read positions on each request, so they cannot drift. */
export async function getUnread(
  { db }: Context,
  caller: Caller,
): Promise<{ rooms: UnreadRoom[]; total: number }> {
  const rooms = await unreadRooms(db, caller.userId, maxPerRoom);
  return { rooms, total: rooms.reduce((sum, room) => sum + room.unread, 0) };
}
