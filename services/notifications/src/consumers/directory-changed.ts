import type { Bus, Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { NotifyOfInvitations } from '../usecases/notify-of-invitations.ts';
import type { RecordMembership } from '../usecases/record-membership.ts';

/** Both steps recognise repeated events. */
export function consumeDirectoryChanged(
  bus: Bus,
  record: RecordMembership,
  notify: NotifyOfInvitations,
): Promise<Consumer> {
  return bus.consume('directory', 'notifications', async (envelopes) => {
    const events = envelopes.flatMap((envelope) => parseEvent(envelope) ?? []);
    await record.run(events);
    await notify.run(events);
  });
}
