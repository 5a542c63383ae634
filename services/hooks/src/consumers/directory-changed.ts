import type { Consumer } from '@parley/bus';
import { type EventOf, type EventType, parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import type { Dispatcher } from '../usecases/dispatcher.ts';
import type { Wakeups } from '../usecases/wakeups.ts';

export const listenDirectoryChanged = (
  { bus }: Context,
  wakeups: Wakeups,
  dispatcher: Dispatcher,
): Promise<Consumer> =>
  bus.listen('directory', (envelope) => {
    const event = parseEvent(envelope);
    if (event) apply(event, wakeups, dispatcher);
  });

function apply(event: EventOf<EventType>, wakeups: Wakeups, dispatcher: Dispatcher): void {
  const at = Date.parse(event.time);
  switch (event.type) {
    case 'room.created':
      for (const { userId } of event.data.members) {
        const { id: roomId, organizationId } = event.data.room;
        wakeups.joined({ roomId, userId, organizationId, at });
      }
      break;
    case 'member.joined': {
      const { roomId, room, membership } = event.data;
      wakeups.joined({ roomId, userId: membership.userId, organizationId: room.organizationId, at });
      break;
    }
    // A request in flight is ended: what it carries was read before.
    case 'member.left': {
      const { roomId, userId } = event.data;
      dispatcher.abort((claim) => claim.roomId === roomId && claim.ownerId === userId);
      break;
    }
    case 'room.deleted':
      dispatcher.abort(({ roomId }) => roomId === event.data.roomId);
      break;
    case 'profile.erased':
      wakeups.ownerChanged(event.data.userId);
      break;
    default:
  }
}
