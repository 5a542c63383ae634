import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { LocateMessage } from '../usecases/locate-message.ts';

export const answerLocateMessage = (bus: Bus, locateMessage: LocateMessage): Promise<Consumer> =>
  answer(bus, calls.locateMessage, async ({ messageId }) => ({ roomId: await locateMessage.run(messageId) }));
