import type { Bus, Consumer } from '@parley/bus';
import { type EventOf, type EventType, type Membership, parseEvent, type RoomState } from '@parley/contracts';
import type { Following } from '../delivery/following.ts';
import type { Evictions } from '../membership/evictions.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { Connections } from '../sockets/connections.ts';
import { Frame } from '../sockets/frame.ts';
import { SeenEvents } from './seen-events.ts';

interface Deps {
  bus: Bus;
  memberships: Memberships;
  evictions: Evictions;
  connections: Connections;
  following: Following;
}

/** Every gateway hears of every change of rooms and members: its cache stays right, and those who are out stop hearing at once. */
export function listenDirectoryChanged(deps: Deps): Promise<Consumer> {
  const seen = new SeenEvents();
  return deps.bus.listen('directory', (envelope) => {
    const event = parseEvent(envelope);
    if (event && seen.isNew(event.id)) apply(deps, event);
  });
}

function apply(deps: Deps, event: EventOf<EventType>): void {
  const { memberships, evictions } = deps;
  switch (event.type) {
    case 'room.created':
      for (const member of event.data.members) welcome(deps, event.data.room, member, { isNew: true, invited: member.role !== 'owner' });
      break;
    case 'room.updated':
      memberships.roomChanged(event.data.room);
      break;
    case 'room.deleted':
      memberships.roomDeleted(event.data.roomId);
      evictions.everyone(event.data.roomId);
      break;
    case 'member.joined':
      welcome(deps, event.data.room, event.data.membership, { isNew: false, invited: event.data.addedBy !== null });
      break;
    case 'member.updated':
      memberships.memberChanged(event.data.membership);
      break;
    case 'member.left': {
      const { roomId, userId, version, reason } = event.data;
      if (memberships.left(roomId, userId, version)) evictions.user(roomId, userId, reason);
      break;
    }
  }
}

function welcome(
  { memberships, connections, following }: Deps,
  room: RoomState,
  membership: Membership,
  how: { isNew: boolean; invited: boolean },
): void {
  if (!memberships.joined(room, membership)) return;
  const { id: roomId, kind, name, organizationId } = room;
  const isDirect = kind === 'direct';
  const frame = new Frame('room_added', { roomId, kind, name, organizationId, invited: how.invited && !isDirect });
  for (const connection of connections.ofUser(membership.userId)) {
    connection.send(frame);
    if (!isDirect) following.roomAdded(connection, roomId, how.isNew);
  }
}
