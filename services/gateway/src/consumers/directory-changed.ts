import { roomKey } from '@parley/backplane';
import type { Consumer } from '@parley/bus';
import type { EventData, EventOf, EventType, Membership, RoomState } from '@parley/contracts';
import { Frame } from '../connections/frame.ts';
import type { Start } from '../delivery/catch-up.ts';
import { applyDeparture } from '../membership/apply-departure.ts';
import { evictEveryone } from '../membership/evict.ts';
import type { MembershipContext } from '../membership/membership-context.ts';
import type { ConsumersContext } from './consumers-context.ts';
import { DirectoryFeed } from './directory-feed.ts';

/**
 * Applies every change of rooms and members on every gateway: keeps the caches current, and
 * unsubscribes removed members.
 */
export async function listenDirectoryChanged(context: ConsumersContext): Promise<Consumer> {
  const feed = new DirectoryFeed(context, (event) => apply(context, event));
  const consumer = await context.bus.listen('directory', (envelope) => feed.receive(envelope), {
    onInterrupted: () => feed.interrupted(),
  });
  void feed.begin();
  return {
    close: () => {
      feed.stop();
      return consumer.close();
    },
  };
}

function apply(context: MembershipContext, event: EventOf<EventType>): void {
  const { memberships, userRooms } = context;
  switch (event.type) {
    case 'room.created':
      for (const member of event.data.members)
        admit(context, event.data.room, member, { from: 0, invited: member.role !== 'owner' });
      announceCreated(context, event.data);
      break;
    case 'room.updated':
      memberships.roomChanged(event.data.room);
      userRooms.roomChanged(event.data.room);
      announceUpdated(context, event);
      break;
    case 'room.deleted':
      memberships.roomDeleted(event.data.roomId);
      userRooms.roomDeleted(event.data.roomId);
      evictEveryone(context, event.data.roomId);
      break;
    case 'member.joined':
      admit(context, event.data.room, event.data.membership, {
        from: new Date(event.time),
        invited: event.data.addedBy !== null,
      });
      break;
    case 'member.updated':
      memberships.memberChanged(event.data.membership);
      break;
    case 'user.blocked':
    case 'user.unblocked':
      context.blocks.changed(event.data.userId, event.data.blockedId);
      break;
    case 'member.left':
      applyDeparture(context, event.data);
      break;
  }
}

function admit(
  { memberships, registry, userRooms, following }: MembershipContext,
  room: RoomState,
  membership: Membership,
  how: { from: Start; invited: boolean },
): void {
  if (!memberships.joined(room, membership)) return;
  const { id: roomId, kind, name, organizationId } = room;
  const isDirect = kind === 'direct';
  if (!isDirect) userRooms.joined(roomId, membership.userId);
  userRooms.roomChanged(room);
  const frame = new Frame('room_added', {
    roomId,
    kind,
    name,
    organizationId,
    invited: how.invited && !isDirect,
  });
  for (const connection of registry.ofUser(membership.userId)) {
    connection.send(frame);
    if (!isDirect) following.roomAdded(connection, roomId, how.from);
  }
}

/**
 * Announces a new room to its owner, and a public one to everyone in its organization. The other
 * first members receive `room_added` instead.
 */
function announceCreated(
  { registry }: MembershipContext,
  { room, members }: EventData<'room.created'>,
): void {
  const { id: roomId, kind, name, organizationId, isPrivate } = room;
  if (kind === 'direct') return;
  const isOpen = organizationId !== null && kind === 'channel' && !isPrivate;
  const owner = members.find(({ role }) => role === 'owner')?.userId ?? '';
  const invited = new Set(members.flatMap(({ role, userId }) => (role === 'owner' ? [] : [userId])));
  const frame = new Frame('room_created', { roomId, kind, name, organizationId });
  for (const connection of isOpen ? registry.ofOrganization(organizationId) : registry.ofUser(owner)) {
    if (!invited.has(connection.caller.userId)) connection.send(frame);
  }
}

/** To the members, in so far as they are connected here, and to those who have joined the room. */
function announceUpdated(
  { registry, rooms, userRooms }: MembershipContext,
  { data: { room, details }, time: timestamp }: EventOf<'room.updated'>,
): void {
  const { id: roomId, memberCount: _, ...state } = room;
  const frame = new Frame('room_updated', { roomId, ...state, ...details, timestamp });
  const members = userRooms.membersHere(roomId).flatMap((userId) => registry.ofUser(userId));
  for (const connection of new Set([...members, ...rooms.at(roomKey(roomId))])) connection.send(frame);
}
