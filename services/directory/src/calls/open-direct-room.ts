import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { openDirectRoom } from '../usecases/open-direct-room.ts';
import { viewerOf } from '../usecases/viewer-of.ts';

export const answerOpenDirectRoom = (bus: Bus, context: Context): Promise<Consumer> =>
  answer(bus, calls.openDirectRoom, async ({ userId, otherId }) => ({
    room: await openDirectRoom(context, await viewerOf(context, userId), otherId),
  }));
