import type { Bus, Consumer } from '@parley/bus';
import {
  type EventOf,
  type EventType,
  type Membership,
  makeEvent,
  parseEvent,
  partitionOf,
  type RoomState,
  type Submission,
} from '@parley/contracts';
import type { Clock } from '@parley/runtime';

/**
 * What the directory tells of rooms and members enters timelines by the same way as messages: as submissions to the room's one writer, so
 * that joins and leaves are numbered among the messages. The event's id is kept, so a repeated one is recognised.
 */
export function consumeMembershipChanged(deps: { bus: Bus; newId: () => string; clock: Clock }): Promise<Consumer> {
  return deps.bus.consume('directory', 'messages', async (envelopes) => {
    const submissions = envelopes.flatMap((envelope) => {
      const event = parseEvent(envelope);
      return event ? toSubmissions(event, deps.newId) : [];
    });
    const partitions = new Map<number, Submission[]>();
    for (const submission of submissions) {
      const partition = partitionOf('submissions', submission.roomId);
      partitions.set(partition, [...(partitions.get(partition) ?? []), submission]);
    }
    await Promise.all(
      [...partitions].map(([partition, items]) =>
        deps.bus.publish(
          'submissions',
          partition,
          makeEvent('timeline.submitted', { origin: null, items }, { id: deps.newId(), now: deps.clock() }),
        ),
      ),
    );
  });
}

function toSubmissions(event: EventOf<EventType>, newId: () => string): Submission[] {
  const nobody = { userId: event.id, username: '' };
  switch (event.type) {
    case 'room.created':
      return event.data.members.map((membership) => join(event.data.room, membership, newId()));
    case 'member.joined':
      return [join(event.data.room, event.data.membership, newId())];
    case 'member.updated': {
      const { roomId, membership } = event.data;
      return [{ ref: 0, id: event.id, roomId, by: by(membership), op: 'member', membership }];
    }
    case 'member.left': {
      const { roomId, userId, username, version, reason } = event.data;
      return [{ ref: 0, id: event.id, roomId, by: { userId, username }, op: 'leave', version, reason }];
    }
    case 'room.updated':
      return [{ ref: 0, id: event.id, roomId: event.data.room.id, by: nobody, op: 'room', room: event.data.room }];
    case 'room.deleted':
      return [{ ref: 0, id: event.id, roomId: event.data.roomId, by: nobody, op: 'close' }];
    default:
      return [];
  }
}

const by = ({ userId, username }: Membership) => ({ userId, username });

const join = (room: RoomState, membership: Membership, id: string): Submission => ({
  ref: 0,
  id,
  roomId: room.id,
  by: by(membership),
  op: 'join',
  room,
  membership,
});
