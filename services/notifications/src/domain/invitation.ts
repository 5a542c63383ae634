import type { EventOf, EventType } from '@parley/contracts';
import type { EventRow } from './event-row.ts';
import type { Room } from './room.ts';

interface Person {
  userId: string;
  username: string;
  isBot?: true | undefined;
}

const senderOf = ({ userId, username, isBot }: Person) => ({
  ...{ senderId: userId, senderName: username },
  ...(isBot && { senderIsBot: isBot }),
});

/** Friend requests and group invites that follow from an event of the directory. */
export function invitationsOf(event: EventOf<EventType>): EventRow[] {
  switch (event.type) {
    case 'friend_request.created': {
      const { id, from, to } = event.data;
      return [
        {
          userId: to.userId,
          eventId: event.id,
          type: 'friend_request',
          subjectId: id,
          roomId: null,
          title: 'Friend request',
          content: `${from.username} would like to be your friend`,
          metadata: { friendRequestId: id, ...senderOf(from) },
        },
      ];
    }
    case 'member.joined': {
      const { room, membership, addedBy } = event.data;
      return addedBy && room.kind !== 'direct' ? groupInvites(event.id, room, addedBy, [membership]) : [];
    }
    case 'room.created': {
      const { room, members } = event.data;
      const owner = members.find((member) => member.role === 'owner');
      return owner && room.kind === 'group' ? groupInvites(event.id, room, owner, members) : [];
    }
    default:
      return [];
  }
}

function groupInvites(eventId: string, room: Room, by: Person, invited: readonly Person[]): EventRow[] {
  const name = room.name ?? 'a group';
  return invited
    .filter(({ userId }) => userId !== by.userId)
    .map(({ userId }) => ({
      userId,
      eventId,
      type: 'group_invite',
      subjectId: null,
      roomId: room.id,
      title: name,
      content: `${by.username} added you to ${name}`,
      metadata: {
        roomId: room.id,
        ...(room.name !== null && { roomName: room.name }),
        ...senderOf(by),
      },
    }));
}
