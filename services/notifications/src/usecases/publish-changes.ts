import { type EventOf, type EventType, makeEvent } from '@parley/contracts';
import type { Delivered, Removed } from '../stores/notification-row.ts';
import type { Context } from './context.ts';

/** The rows that a transaction has changed. */
export interface RowChanges {
  created?: readonly Delivered[];
  updated?: readonly Delivered[];
  removed?: readonly Removed[];
}

/** Adds an event for each row to the outbox, so that live inboxes follow. */
export function publishChanges(
  { newId, clock }: Context,
  add: (event: EventOf<EventType>) => void,
  { created = [], updated = [], removed = [] }: RowChanges,
): void {
  const now = clock();
  const at = () => ({ id: newId(), now });
  for (const row of created) add(makeEvent('notification.created', { ...row, checked: false }, at()));
  for (const row of updated) add(makeEvent('notification.updated', { ...row, checked: false }, at()));
  for (const { userId, id } of removed)
    add(makeEvent('notification.removed', { userId, notificationId: id }, at()));
}
