import type { Viewer } from '../domain/viewer.ts';
import { deleteRequest, findRequestBetween } from '../stores/friend-requests.ts';
import { lockPeople } from '../stores/profiles.ts';
import { deleteContacts } from './contact-changes.ts';
import type { Context } from './context.ts';

/** Ends the friendship and both contacts that it created. Idempotent. */
export async function removeFriend(context: Context, viewer: Viewer, userId: string): Promise<void> {
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, userId]);
    const request = await findRequestBetween(tx.trx, viewer.userId, userId);
    if (request?.status !== 'accepted') return;
    await deleteRequest(tx.trx, request.id);
    await deleteContacts(tx, viewer.userId, userId);
  });
}
