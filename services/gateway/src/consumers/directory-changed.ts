import type { Bus, Consumer } from '@parley/bus';
import {
  type EventData,
  type EventOf,
  type EventType,
  type Membership,
  parseEvent,
  type RoomState,
} from '@parley/contracts';
import type { ConnectionRegistry } from '../connections/connection-registry.ts';
import { Frame } from '../connections/frame.ts';
import type { Evictions } from '../membership/evictions.ts';
import type { Following } from '../membership/following.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { UserRooms } from '../membership/user-rooms.ts';
import { SeenEvents } from './seen-events.ts';

interface Deps {
  bus: Bus;
  memberships: Memberships;
  evictions: Evictions;
  connections: ConnectionRegistry;
  userRooms: UserRooms;
  following: Following;
}

/**
 * Applies every change of rooms and members on every gateway: keeps the caches current, and
 * unsubscribes removed members.
 */
export function listenDirectoryChanged(deps: Deps): Promise<Consumer> {
  const seen = new SeenEvents();
  return deps.bus.listen('directory', (envelope) => {
    const event = parseEvent(envelope);
    if (event && seen.isNew(event.id)) apply(deps, event);
  });
}

function apply(deps: Deps, event: EventOf<EventType>): void {
  const { memberships, evictions, userRooms } = deps;
  switch (event.type) {
    case 'room.created':
      for (const member of event.data.members)
        admit(deps, event.data.room, member, { isNew: true, invited: member.role !== 'owner' });
      announceCreated(deps, event.data);
      break;
    case 'room.updated':
      memberships.roomChanged(event.data.room);
      break;
    case 'room.deleted':
      memberships.roomDeleted(event.data.roomId);
      userRooms.roomDeleted(event.data.roomId);
      evictions.everyone(event.data.roomId);
      break;
    case 'member.joined':
      admit(deps, event.data.room, event.data.membership, {
        isNew: false,
        invited: event.data.addedBy !== null,
      });
      break;
    case 'member.updated':
      memberships.memberChanged(event.data.membership);
      break;
    case 'member.left': {
      const { roomId, userId, version, reason } = event.data;
      if (memberships.left(roomId, userId, version)) evictions.user(roomId, userId, reason);
      if (memberships.isOut(roomId, userId)) userRooms.left(roomId, userId);
      break;
    }
  }
}

function admit(
  { memberships, connections, userRooms, following }: Deps,
  room: RoomState,
  membership: Membership,
  how: { isNew: boolean; invited: boolean },
): void {
  if (!memberships.joined(room, membership)) return;
  const { id: roomId, kind, name, organizationId } = room;
  const isDirect = kind === 'direct';
  if (!isDirect) userRooms.joined(roomId, membership.userId);
  const frame = new Frame('room_added', {
    roomId,
    kind,
    name,
    organizationId,
    invited: how.invited && !isDirect,
  });
  for (const connection of connections.ofUser(membership.userId)) {
    connection.send(frame);
    if (!isDirect) following.roomAdded(connection, roomId, how.isNew);
  }
}

/**
 * Announces a new room to its owner, and a public one to everyone in its organization. The other
 * first members receive `room_added` instead.
 */
function announceCreated({ connections }: Deps, { room, members }: EventData<'room.created'>): void {
  const { id: roomId, kind, name, organizationId, isPrivate } = room;
  if (kind === 'direct') return;
  const isOpen = organizationId !== null && kind === 'channel' && !isPrivate;
  const owner = members.find(({ role }) => role === 'owner')?.userId ?? '';
  const invited = new Set(members.flatMap(({ role, userId }) => (role === 'owner' ? [] : [userId])));
  const frame = new Frame('room_created', { roomId, kind, name, organizationId });
  for (const connection of isOpen ? connections.ofOrganization(organizationId) : connections.ofUser(owner)) {
    if (!invited.has(connection.caller.userId)) connection.send(frame);
  }
}
