import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Watching } from '../presence/watching.ts';

export const answerGetWatchers = (bus: Bus, watching: Watching): Promise<Consumer> =>
  answer(bus, calls.getWatchers, async ({ watches }) => ({ watching: await watching.among(watches) }));
