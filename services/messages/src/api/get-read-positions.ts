import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { GetReadPositions } from '../usecases/get-read-positions.ts';

export const getReadPositionsRoute = (getReadPositions: GetReadPositions) =>
  route(messagesApi.getReadPositions, async ({ params, caller }) => ({
    positions: await getReadPositions.run(caller, params.roomId),
  }));
