import { answer, type Consumer } from '@parley/bus';
import { calls, parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { recordMembership } from '../usecases/record-membership.ts';

/** Withdraws the rows of ended memberships ahead of the events, which may also arrive before. */
export const answerRevokeInboxAccess = (context: Context): Promise<Consumer> =>
  answer(context.bus, calls.revokeInboxAccess, async ({ events }) => {
    await recordMembership(
      context,
      events.flatMap((envelope) => parseEvent(envelope) ?? []),
    );
    return {};
  });
