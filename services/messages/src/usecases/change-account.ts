import { isDeepStrictEqual } from 'node:util';
import { makeEvent } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { AppError } from '@parley/errors';
import {
  type AccountData,
  type AccountItem,
  type AccountKind,
  toAccountChange,
} from '../domain/account-item.ts';
import { findItem, lockAccount, storeItem } from '../stores/account.ts';
import type { OfRoom } from '../stores/account-memberships.ts';
import type { CommonContext } from './context.ts';
import { lockMembership } from './lock-membership.ts';

type Add = Parameters<Parameters<CommonContext['outbox']['transact']>[0]>[1];

interface Subject<K extends AccountKind> {
  userId: string;
  kind: K;
  subjectId: string;
  /** The item ends with the user's membership of this room. */
  roomId?: string;
}

/** The new data of an item, from its present state; null removes it. */
type Decision<K extends AccountKind> = (
  present: AccountItem<K> | undefined,
  trx: Transaction,
) => AccountData[K] | null | Promise<AccountData[K] | null>;

/**
 * Changes an item of a user's account. The change takes the next number of the account, and the
 * user's devices receive it. A change to the same state takes no number.
 * @throws AppError `room_not_found` if the membership has just ended, `unauthenticated` if the user
 *   has just been erased
 */
export async function changeAccount<K extends AccountKind>(
  context: CommonContext,
  { userId, kind, subjectId, roomId }: Subject<K>,
  decide: Decision<K>,
): Promise<AccountItem<K>> {
  return context.outbox.transact(async (trx, add) => {
    const { erased } = await lockAccount(trx, userId);
    if (erased) throw new AppError('unauthenticated');
    const room = roomId === undefined ? undefined : await lockMembership(context, trx, userId, roomId);
    if (roomId !== undefined && !room) throw new AppError('room_not_found');
    const present = await findItem(trx, userId, kind, subjectId);
    const data = await decide(present, trx);
    const isSame = isDeepStrictEqual(data, present?.data ?? null);
    if (isSame && (data === null || present?.memberVersion === (room?.memberVersion ?? null)))
      return present ?? { kind, subjectId, roomId: roomId ?? null, seq: 0, data: null };
    return store(context, { trx, add }, userId, { item: { kind, subjectId, data }, room });
  });
}

/** Stores an item of a locked account, and announces it to the user's devices. */
export async function store<K extends AccountKind>(
  { clock, newId }: CommonContext,
  { trx, add }: { trx: Transaction; add: Add },
  userId: string,
  { item, room }: { item: Omit<AccountItem<K>, 'seq' | 'roomId'>; room: OfRoom | undefined },
): Promise<AccountItem<K>> {
  const now = clock();
  const stored = await storeItem(trx, userId, item, { room, now: new Date(now) });
  const change = toAccountChange(stored);
  if (change) add(makeEvent('account.changed', { userId, change }, { id: newId(), now }));
  return stored;
}
