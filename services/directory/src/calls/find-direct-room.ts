import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { findDirectRoom } from '../usecases/find-direct-room.ts';
import { viewerOf } from '../usecases/viewer-of.ts';

export const answerFindDirectRoom = (bus: Bus, context: Context): Promise<Consumer> =>
  answer(bus, calls.findDirectRoom, async ({ userId, otherId }) => ({
    room: await findDirectRoom(context, await viewerOf(context, userId), otherId),
  }));
