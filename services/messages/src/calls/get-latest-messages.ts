import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { GetLatestMessages } from '../usecases/get-latest-messages.ts';

export const answerGetLatestMessages = (bus: Bus, getLatest: GetLatestMessages): Promise<Consumer> =>
  answer(bus, calls.getLatestMessages, async ({ userId, roomIds }) => ({
    messages: await getLatest.run(userId, roomIds),
  }));
