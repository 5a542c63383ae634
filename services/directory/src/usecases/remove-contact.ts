import type { Viewer } from '../domain/viewer.ts';
import { deleteContact } from '../stores/contacts.ts';
import { lockPeople } from '../stores/profiles.ts';
import type { Context } from './context.ts';

/** Idempotent. */
export async function removeContact(context: Context, viewer: Viewer, userId: string): Promise<void> {
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, userId]);
    await deleteContact(tx.trx, viewer.userId, userId);
  });
}
