import type { Queryable } from '@parley/database';

export const contactIds = (db: Queryable, userId: string) =>
  db('contacts').where({ user_id: userId }).select('contact_id');

export async function countContacts(db: Queryable, userId: string): Promise<number> {
  const [row] = await db('contacts').where({ user_id: userId }).count({ count: '*' });
  return Number(row?.count);
}

/** How many of `userIds` have that contact. */
export async function countContactsAmong(
  db: Queryable,
  userIds: readonly string[],
  contactId: string,
): Promise<number> {
  const [row] = await db('contacts')
    .where({ contact_id: contactId })
    .whereIn('user_id', userIds)
    .count({ count: '*' });
  return Number(row?.count);
}

/** Returns false if the contact already existed. */
export async function insertContact(
  trx: Queryable,
  userId: string,
  contactId: string,
  now: Date,
): Promise<boolean> {
  const inserted = await trx('contacts')
    .insert({ user_id: userId, contact_id: contactId, created_at: now })
    .onConflict()
    .ignore()
    .returning('contact_id');
  return inserted.length > 0;
}

export async function deleteContact(trx: Queryable, userId: string, contactId: string): Promise<void> {
  await trx('contacts').where({ user_id: userId, contact_id: contactId }).delete();
}
