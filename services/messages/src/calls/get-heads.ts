import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { GetHeads } from '../usecases/get-heads.ts';

export const answerGetHeads = (bus: Bus, getHeads: GetHeads): Promise<Consumer> =>
  answer(bus, calls.getHeads, async ({ roomIds }) => ({ heads: await getHeads.run(roomIds) }));
