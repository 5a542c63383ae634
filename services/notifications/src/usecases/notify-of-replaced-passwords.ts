import { ask } from '@parley/bus';
import { calls, type EventOf, type EventType } from '@parley/contracts';
import type { EventRow } from '../domain/event-row.ts';
import { addEventRows } from '../stores/notifications.ts';
import type { Context } from './context.ts';

/**
 * Adds a `system` row for every password that was changed without the current one, because the
 * user may not have been the one who changed it. An erased user, whom auth no longer knows, gets no
 * row: the event may arrive after the inbox was deleted.
 */
export async function notifyOfReplacedPasswords(
  context: Context,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const rows: EventRow[] = [];
  for (const event of events) {
    if (event.type !== 'user.password_replaced') continue;
    const { userId } = event.data;
    if (await ask(context.bus, calls.getIdentity, { userId })) rows.push(passwordReplaced(userId, event.id));
  }
  if (rows.length === 0) return;
  await context.inbox.transact(async (trx, add) => {
    const created = await addEventRows(trx, rows, context.newId, new Date(context.clock()));
    add({ created });
  });
}

const passwordReplaced = (userId: string, eventId: string): EventRow => ({
  userId,
  eventId,
  type: 'system',
  subjectId: null,
  roomId: null,
  title: 'Password changed',
  content:
    'Your password was changed without the current one, and your other sessions have ended. ' +
    'If you did not do this, contact an administrator.',
  metadata: {},
});
