import type { EventOf, EventType, Membership } from '@parley/contracts';
import type { MemberState, Room } from '../domain/room.ts';
import { closeRooms, saveMembers, saveRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/** Updates the read model of rooms and members. */
export async function recordMembership(
  { db }: Context,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const rooms = events.flatMap(roomsOf);
  const members = events.flatMap(membersOf);
  const closed = events.flatMap((event) => (event.type === 'room.deleted' ? [event.data.roomId] : []));
  if (rooms.length + members.length + closed.length === 0) return;
  await db.transaction(async (trx) => {
    await saveRooms(trx, rooms);
    await saveMembers(trx, members);
    await closeRooms(trx, closed);
  });
}

function roomsOf(event: EventOf<EventType>): Room[] {
  return event.type === 'room.created' || event.type === 'room.updated' || event.type === 'member.joined'
    ? [event.data.room]
    : [];
}

function membersOf(event: EventOf<EventType>): MemberState[] {
  const active = (membership: Membership): MemberState => ({ ...membership, active: true });
  switch (event.type) {
    case 'room.created':
      return event.data.members.map(active);
    case 'member.joined':
    case 'member.updated':
      return [active(event.data.membership)];
    case 'member.left':
      return [{ ...event.data, username: '', active: false }];
    default:
      return [];
  }
}
