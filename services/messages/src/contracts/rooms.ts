import { roomsContract } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { CommonContext } from '../usecases/context.ts';

/** The only path of the `rooms` contract that the canonical API lacks. */
export const roomsRoutes = ({ submitter }: CommonContext): Route[] => [
  route(roomsContract.markRoomRead, ({ params, body, caller }) =>
    submitter.read(caller, { op: 'read', roomId: params.roomId, messageId: body.messageId ?? null }),
  ),
];
