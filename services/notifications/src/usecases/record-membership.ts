import type { EventOf, EventType, Membership } from '@parley/contracts';
import type { MemberState, Room } from '../domain/room.ts';
import { forgetCounted } from '../stores/counted-messages.ts';
import { renameRows, withdrawRows } from '../stores/notifications.ts';
import { closeRooms, lockRooms, saveMembers, saveRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/**
 * Updates the read model of rooms and members. In the same transaction, withdraws the inbox rows of
 * memberships that ended, and shows the current room names in the others. Repeated and late events
 * change nothing.
 */
export async function recordMembership(
  context: Context,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const rooms = events.flatMap(roomsOf);
  const members = events.flatMap(membersOf);
  const closed = events.flatMap((event) => (event.type === 'room.deleted' ? [event.data.roomId] : []));
  const roomIds = [
    ...new Set([...rooms.map(({ id }) => id), ...members.map(({ roomId }) => roomId), ...closed]),
  ];
  if (roomIds.length === 0) return;
  await context.inbox.transact(async (trx, add) => {
    // `notifyOfMessages` holds the same locks, so it sees a membership either before its rows are
    // withdrawn or not at all.
    await lockRooms(trx, roomIds);
    await saveRooms(trx, rooms);
    await saveMembers(
      trx,
      members.filter(({ active }) => !active),
    );
    await closeRooms(trx, closed);
    const withdrawn = await withdrawRows(trx, roomIds, new Date(context.clock()));
    // Afterwards, since a member may leave and return within a batch.
    await saveMembers(
      trx,
      members.filter(({ active }) => active),
    );
    if (withdrawn.length > 0) await forgetCounted(trx, roomIds);
    const renamed = rooms.length > 0 ? await renameRows(trx, roomIds) : [];
    add({ updated: renamed, removed: withdrawn });
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
      return [{ ...active(event.data.membership), joinedAt: event.time }];
    case 'member.updated':
      return [active(event.data.membership)];
    case 'member.left':
      return [{ ...event.data, username: '', active: false }];
    default:
      return [];
  }
}
