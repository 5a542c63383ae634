import type { Handler } from './protocol-context.ts';

/** Affects this connection only; the membership stays. */
export const leaveRoom: Handler<'leave_room'> = async ({ subscriptions }, connection, { roomId }) => {
  await subscriptions.leave(connection, roomId);
  return { roomId };
};
