import { type EventOf, type EventType, makeEvent } from '@parley/contracts';
import { invitationsOf } from '../domain/invitation.ts';
import { addInvitations, eraseUsers, settleFriendRequests } from '../stores/notifications.ts';
import type { Context } from './context.ts';

/**
 * Adds friend requests and group invites to inboxes. Marks answered requests read, and deletes
 * withdrawn ones and erased users' rows.
 */
export async function notifyOfInvitations(
  { outbox, newId, clock }: Context,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const invitations = events.flatMap(invitationsOf);
  const read = events.flatMap((event) => (event.type === 'friend_request.accepted' ? [event.data.id] : []));
  const gone = events.flatMap((event) => (event.type === 'friend_request.withdrawn' ? [event.data.id] : []));
  const erased = events.flatMap((event) => (event.type === 'profile.erased' ? [event.data.userId] : []));
  if (invitations.length + read.length + gone.length + erased.length === 0) return;
  const now = clock();
  await outbox.transact(async (trx, add) => {
    for (const delivered of await addInvitations(trx, invitations, newId, new Date(now)))
      add(makeEvent('notification.created', delivered, { id: newId(), now }));
    await settleFriendRequests(trx, { read, gone }, new Date(now));
    if (erased.length > 0) await eraseUsers(trx, erased);
  });
}
