import { type EventOf, type EventType, makeEvent } from '@parley/contracts';
import { toSubmissions } from '../domain/membership-submissions.ts';
import {
  eraseAccount,
  itemsOfMembership,
  lockAccount,
  usersWithItems,
  withItems,
} from '../stores/account.ts';
import { deleteCopies, deleteCopiesOf, type OwnMembership } from '../stores/account-memberships.ts';
import { store } from './change-account.ts';
import type { CommonContext } from './context.ts';
import { recordMembership } from './record-membership.ts';

/** Users per statement. */
const limit = 500;
/** Later than every membership. */
const anyVersion = Number.MAX_SAFE_INTEGER;

/**
 * Removes what users' accounts keep about rooms that they have left, and empties the accounts of
 * erased users. Removals take numbers, so all devices of a user learn of them. Repeated events find
 * nothing left to do.
 */
export async function endAccountItems(
  context: CommonContext,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const endings = events.filter(({ type }) => type === 'member.left' || type === 'room.deleted');
  const { databases } = context;
  const { db } = databases.home;
  // From now on, nothing is added to an ended membership.
  const submissions = endings.flatMap((event) => toSubmissions(event, context.newId));
  for (const [database, some] of databases.split(submissions)) await recordMembership(database, some);
  const left = endings.flatMap((event): OwnMembership[] => {
    if (event.type !== 'member.left') return [];
    const { roomId, userId, version } = event.data;
    return [{ roomId, userId, memberVersion: version }];
  });
  const isCopied = ({ roomId }: { roomId: string }) => databases.of(roomId).db !== db;
  const copied = left.filter(isCopied);
  if (copied.length > 0) await deleteCopies(db, copied);
  if (left.length > 0) for (const membership of await withItems(db, left)) await end(context, membership);
  for (const event of events) {
    if (event.type === 'room.deleted') {
      if (isCopied(event.data)) await deleteCopiesOf(db, [event.data.roomId]);
      await endRoom(context, event.data.roomId);
    }
    if (event.type === 'profile.erased') await erase(context, event.data.userId);
  }
}

async function endRoom(context: CommonContext, roomId: string): Promise<void> {
  for (;;) {
    const userIds = await usersWithItems(context.databases.home.db, roomId, limit);
    for (const userId of userIds) await end(context, { roomId, userId, memberVersion: anyVersion });
    if (userIds.length < limit) return;
  }
}

const end = (context: CommonContext, membership: OwnMembership): Promise<void> =>
  context.outbox.transact(async (trx, add) => {
    const { userId, ...room } = membership;
    await lockAccount(trx, userId);
    for (const { kind, subjectId } of await itemsOfMembership(trx, membership))
      await store(context, { trx, add }, userId, { item: { kind, subjectId, data: null }, room });
  });

const erase = (context: CommonContext, userId: string): Promise<void> =>
  context.outbox.transact(async (trx, add) => {
    const { clock, newId } = context;
    const wasUsed = await eraseAccount(trx, userId);
    if (wasUsed) add(makeEvent('account.erased', { userId }, { id: newId(), now: clock() }));
  });
