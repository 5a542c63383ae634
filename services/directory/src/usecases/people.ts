import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { forEachLimit } from '@parley/runtime/async';
import type { Viewer } from '../domain/viewer.ts';
import { hasBlock } from '../stores/blocks.ts';
import { colleaguesAmong, findPeople, type Identity, insertProfile } from '../stores/profiles.ts';
import { findVisible } from '../stores/visibility.ts';
import { spendOnStrangers } from './budgets.ts';
import type { Context, Limits, Transaction } from './context.ts';

/** Maximum concurrent calls to auth per request. */
const maxConcurrentCalls = 20;

export async function recordIdentity(context: Context, identity: Identity): Promise<void> {
  await context.transact(({ trx, now }) => insertProfile(trx, identity, now));
}

/**
 * Fetches a user from auth whose `user.registered` has not arrived, and stores the profile. Returns
 * false if the user does not exist or was erased.
 */
export async function fetchPerson(context: Context, userId: string): Promise<boolean> {
  const identity = await ask(context.bus, calls.getIdentity, { userId });
  if (!identity) return false;
  await recordIdentity(context, identity);
  return (await findPeople(context.db, [userId])).has(userId);
}

/**
 * Ensures a profile for every user. Stops at the first unknown one, so a list of made-up ids costs
 * one round of calls.
 * @throws AppError `user_not_found`; `unavailable` if auth is needed and unavailable
 */
export async function requirePeople(context: Context, userIds: readonly string[]): Promise<void> {
  const known = await findPeople(context.db, userIds);
  const missing = [...new Set(userIds)].filter((id) => !known.has(id));
  await forEachLimit(missing, maxConcurrentCalls, async (id) => {
    if (!(await fetchPerson(context, id))) throw new AppError('user_not_found');
  });
}

/**
 * Ensures profiles for all, and that the viewer may see the users.
 * @throws AppError `user_not_found`
 */
export async function requireVisible(
  context: Context,
  viewer: Viewer,
  userIds: readonly string[],
): Promise<void> {
  await requirePeople(context, [viewer.userId, ...userIds]);
  const visible = await findVisible(context.db, viewer, userIds);
  if (!userIds.every((id) => visible.has(id))) throw new AppError('user_not_found');
}

/**
 * Checks that the viewer may add the users to a room, and charges for the strangers. Rooms of an
 * organization accept only its own users, other rooms only users that the viewer sees, and no room
 * users with a block between them. The users must be locked.
 * @throws AppError `user_not_found`, `blocked`, `rate_limit`
 */
export async function requireAddable(
  tx: Transaction,
  limits: Limits,
  viewer: Viewer,
  organizationId: string | null,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const { trx } = tx;
  const addable =
    organizationId === null
      ? await findVisible(trx, viewer, userIds)
      : await colleaguesAmong(trx, organizationId, userIds);
  if (!userIds.every((id) => addable.has(id))) throw new AppError('user_not_found');
  if (await hasBlock(trx, viewer.userId, userIds)) throw new AppError('blocked');
  await spendOnStrangers(tx, limits, viewer.userId, userIds);
}

export function forbidSelf(viewer: Viewer, userId: string): void {
  if (viewer.userId === userId) throw new AppError('self_reference');
}
