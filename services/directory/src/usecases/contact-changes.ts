import { AppError } from '@parley/errors';
import { countContacts, deleteContact, insertContact } from '../stores/contacts.ts';
import type { Limits, Transaction } from './context.ts';

/** The users must be locked. @throws AppError `limit_reached` */
export async function ensureContact(
  { trx, now }: Transaction,
  limits: Limits,
  userId: string,
  contactId: string,
): Promise<void> {
  if (!(await insertContact(trx, userId, contactId, now))) return;
  if ((await countContacts(trx, userId)) > limits.contacts.max)
    throw new AppError('limit_reached', limits.contacts);
}

export async function deleteContacts({ trx }: Transaction, a: string, b: string): Promise<void> {
  await deleteContact(trx, a, b);
  await deleteContact(trx, b, a);
}
