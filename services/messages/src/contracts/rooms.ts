import { roomsContract } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Writes } from '@parley/timeline';

/** The only path of the `rooms` contract that the canonical API lacks. */
export const roomsRoutes = (writes: Writes): Route[] => [
  route(roomsContract.markRoomRead, ({ params, body, caller }) =>
    writes.read(caller, { op: 'read', roomId: params.roomId, messageId: body.messageId ?? null }),
  ),
];
