import type { EventOf, EventType } from '@parley/contracts';
import { invitationsOf } from '../domain/invitation.ts';
import { addEventRows, eraseUsers, settleFriendRequests } from '../stores/notifications.ts';
import { lockRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/**
 * Adds friend requests and group invites to inboxes. Marks answered requests read, and deletes
 * withdrawn ones and erased users' rows.
 */
export async function notifyOfInvitations(
  context: Context,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const invitations = events.flatMap(invitationsOf);
  const read = events.flatMap((event) => (event.type === 'friend_request.accepted' ? [event.data.id] : []));
  const gone = events.flatMap((event) => (event.type === 'friend_request.withdrawn' ? [event.data.id] : []));
  const erased = events.flatMap((event) => (event.type === 'profile.erased' ? [event.data.userId] : []));
  if (invitations.length + read.length + gone.length + erased.length === 0) return;
  const now = new Date(context.clock());
  const roomIds = invitations.flatMap(({ roomId }) => roomId ?? []);
  await context.inbox.transact(async (trx, add) => {
    if (roomIds.length > 0) await lockRooms(trx, roomIds);
    const created = await addEventRows(trx, invitations, context.newId, now);
    const settled = await settleFriendRequests(trx, { read, gone }, now);
    const deleted = erased.length > 0 ? await eraseUsers(trx, erased) : [];
    add({
      created,
      updated: settled.read,
      removed: [...settled.gone, ...deleted],
    });
  });
}
