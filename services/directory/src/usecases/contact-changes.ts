import { AppError } from '@parley/errors';
import { countContacts, deleteContact, insertContact } from '../stores/contacts.ts';
import type { Limits, Transaction } from './context.ts';

/** The users must be locked. @throws AppError `limit_reached` */
export async function ensureContact(
  { trx, now, emit }: Transaction,
  limits: Limits,
  userId: string,
  contactId: string,
): Promise<void> {
  if (!(await insertContact(trx, userId, contactId, now))) return;
  if ((await countContacts(trx, userId)) > limits.contacts.max)
    throw new AppError('limit_reached', limits.contacts);
  emit('contact.added', { userId, contactId });
}

export async function dropContact(
  { trx, emit }: Transaction,
  userId: string,
  contactId: string,
): Promise<void> {
  if (await deleteContact(trx, userId, contactId)) emit('contact.removed', { userId, contactId });
}

export async function dropContacts(tx: Transaction, a: string, b: string): Promise<void> {
  await dropContact(tx, a, b);
  await dropContact(tx, b, a);
}
