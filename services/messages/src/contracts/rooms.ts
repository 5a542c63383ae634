import { roomsFamily } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Submit } from '../usecases/submit.ts';

/** The one path of the `rooms` contract that the canonical API does not have. */
export const roomsRoutes = (submit: Submit): Route[] => [
  route(roomsFamily.markRoomRead, ({ params, body, caller }) =>
    submit.read(caller, { op: 'read', roomId: params.roomId, messageId: body.messageId ?? null }),
  ),
];
