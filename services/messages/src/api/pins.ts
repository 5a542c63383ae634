import { pinsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { CommonContext } from '../usecases/context.ts';
import { listPins } from '../usecases/list-pins.ts';

export const pinRoutes = (context: CommonContext): Route[] => [
  route(pinsApi.listPins, async ({ params: { roomId }, caller }) => ({
    pins: await listPins(context.databases.of(roomId), caller, roomId),
  })),
  route(pinsApi.pinMessage, ({ params, caller }) =>
    context.submitter.message(caller, { op: 'pin', ...params, on: true }),
  ),
  route(pinsApi.unpinMessage, ({ params, caller }) =>
    context.submitter.message(caller, { op: 'pin', ...params, on: false }),
  ),
];
