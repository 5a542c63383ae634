import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { Typists } from '../presence/typists.ts';
import { clientEvent } from './client-event.ts';

/** Affects this connection only; the membership stays. */
export const leaveRoom = (deps: { subscriptions: Subscriptions; typists: Typists }) =>
  clientEvent('leave_room', async (connection, { roomId }) => {
    deps.typists.end(connection, roomId);
    await deps.subscriptions.leave(connection, roomId);
    return { roomId };
  });
