import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { GetChanges } from '../usecases/get-changes.ts';

export const answerGetChanges = (bus: Bus, getChanges: GetChanges): Promise<Consumer> =>
  answer(bus, calls.getChanges, (question) => getChanges.run(question));
