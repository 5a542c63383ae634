import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls, parseEvent } from '@parley/contracts';
import { toSubmissions } from '../domain/membership-submissions.ts';
import type { RecordMembership } from '../usecases/record-membership.ts';

/**
 * Updates the read model of rooms and members ahead of the events. The events may arrive before or
 * after this call: an older version never overwrites a newer one.
 */
export const answerRevokeAccess = (
  bus: Bus,
  deps: { membership: RecordMembership; newId: () => string },
): Promise<Consumer> =>
  answer(bus, calls.revokeAccess, async ({ events }) => {
    const parsed = events.flatMap((envelope) => parseEvent(envelope) ?? []);
    await deps.membership.save(parsed.flatMap((event) => toSubmissions(event, deps.newId)));
    return {};
  });
