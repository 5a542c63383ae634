import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { RecordMembership } from '../usecases/record-membership.ts';

export const answerRecordDeparture = (bus: Bus, membership: RecordMembership): Promise<Consumer> =>
  answer(bus, calls.recordDeparture, async (departure) => {
    await membership.saveDeparture(departure);
    return {};
  });
