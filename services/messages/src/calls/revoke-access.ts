import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls, parseEvent } from '@parley/contracts';
import { toSubmissions } from '../domain/membership-submissions.ts';
import type { RecordMembership } from '../usecases/record-membership.ts';

/** Only what is known of rooms and members changes here, and an older version never overwrites a newer one: the events themselves may come before or after. */
export const answerRevokeAccess = (
  bus: Bus,
  deps: { membership: RecordMembership; newId: () => string },
): Promise<Consumer> =>
  answer(bus, calls.revokeAccess, async ({ events }) => {
    const told = events.flatMap((envelope) => parseEvent(envelope) ?? []);
    await deps.membership.save(told.flatMap((event) => toSubmissions(event, deps.newId)));
    return {};
  });
