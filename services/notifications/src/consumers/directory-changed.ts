import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { notifyOfInvitations } from '../usecases/notify-of-invitations.ts';
import { recordMembership } from '../usecases/record-membership.ts';

/** Both steps recognise repeated events. */
export const consumeDirectoryChanged = (context: Context): Promise<Consumer> =>
  context.bus.consume('directory', 'notifications', async (envelopes) => {
    const events = envelopes.flatMap((envelope) => parseEvent(envelope) ?? []);
    await recordMembership(context, events);
    await notifyOfInvitations(context, events);
  });
