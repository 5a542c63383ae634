import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { openChatRoom } from '../usecases/open-chat-room.ts';
import { viewerOf } from '../usecases/viewer-of.ts';

export const answerCreateChatRoom = (bus: Bus, context: Context): Promise<Consumer> =>
  answer(bus, calls.createChatRoom, async ({ userId, ...request }) => {
    const { id, kind, name, isPrivate, organizationId } = await openChatRoom(
      context,
      await viewerOf(context, userId),
      request,
    );
    return { room: { id, kind, name, isPrivate, organizationId } };
  });
