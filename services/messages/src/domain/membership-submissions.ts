import type { EventOf, EventType, Membership, RoomState, Submission } from '@parley/contracts';

/** Submissions that follow from an event of the directory; none for events about other things. */
export function toSubmissions(event: EventOf<EventType>, newId: () => string): Submission[] {
  const nobody = { userId: event.id, username: '' };
  switch (event.type) {
    case 'room.created':
      return event.data.members.map((membership) => join(event.data.room, membership, newId(), null));
    case 'member.joined':
      return [join(event.data.room, event.data.membership, newId(), event.time)];
    case 'member.updated': {
      const { roomId, membership } = event.data;
      return [{ ref: 0, id: event.id, roomId, by: by(membership), op: 'member', membership }];
    }
    case 'member.left': {
      const { roomId, version, reason } = event.data;
      return [{ ref: 0, id: event.id, roomId, by: by(event.data), op: 'leave', version, reason }];
    }
    case 'room.updated':
      return [
        { ref: 0, id: event.id, roomId: event.data.room.id, by: nobody, op: 'room', room: event.data.room },
      ];
    case 'room.deleted':
      return [{ ref: 0, id: event.id, roomId: event.data.roomId, by: nobody, op: 'close' }];
    default:
      return [];
  }
}

const by = ({ userId, username, isBot }: Pick<Membership, 'userId' | 'username' | 'isBot'>) => ({
  ...{ userId, username },
  ...(isBot && { isBot }),
});

const join = (room: RoomState, membership: Membership, id: string, joinedAt: string | null): Submission => ({
  ref: 0,
  id,
  roomId: room.id,
  by: by(membership),
  op: 'join',
  room,
  membership,
  joinedAt,
});
