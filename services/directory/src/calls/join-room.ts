import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { joinRoom } from '../usecases/join-room.ts';
import { viewerOf } from '../usecases/viewer-of.ts';

export const answerJoinRoom = (bus: Bus, context: Context): Promise<Consumer> =>
  answer(bus, calls.joinRoom, async ({ userId, roomId }) => {
    const { id, kind, name, isPrivate, organizationId } = await joinRoom(
      context,
      await viewerOf(context, userId),
      roomId,
    );
    return { room: { id, kind, name, isPrivate, organizationId } };
  });
