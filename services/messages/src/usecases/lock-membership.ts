import type { Transaction } from '@parley/database';
import { copyMembership, findMembership, lockActive, type OfRoom } from '../stores/account-memberships.ts';
import type { CommonContext } from './context.ts';

/**
 * Whether the user is a member of the room, with the version of the membership. It cannot end
 * before the transaction does, so whoever ends it finds what the transaction has stored.
 *
 * Accounts are in the home database. If the room is in another one, the home database has a copy of
 * the membership without a name, because items and their room are read together. The membership
 * ends in the room's database first, so it counts only if it is active there while the copy is
 * locked.
 */
export async function lockMembership(
  { databases }: CommonContext,
  trx: Transaction,
  userId: string,
  roomId: string,
): Promise<OfRoom | undefined> {
  const { db } = databases.of(roomId);
  if (db === databases.home.db) return lockActive(trx, userId, roomId);
  const known = await findMembership(db, userId, roomId);
  if (!known) return undefined;
  await copyMembership(trx, userId, known);
  const locked = await lockActive(trx, userId, roomId);
  return locked && (await findMembership(db, userId, roomId)) && locked;
}
