import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { hasBlock } from '../stores/blocks.ts';
import { colleaguesAmong, findPeople, type Identity, insertProfile } from '../stores/profiles.ts';
import { findVisible } from '../stores/visibility.ts';
import type { Context, Transaction } from './context.ts';

/** Questions to auth that may be under way at once for one request. */
const asksAtOnce = 20;

export async function recordIdentity(context: Context, identity: Identity): Promise<void> {
  await context.transact(({ trx, now }) => insertProfile(trx, identity, now));
}

/** Asks auth about a person whose `user.registered` has not arrived, and remembers the answer; false: there is nobody, or nobody any more. */
export async function learnPerson(context: Context, userId: string): Promise<boolean> {
  const identity = await ask(context.bus, calls.getIdentity, { userId });
  if (!identity) return false;
  await recordIdentity(context, identity);
  return (await findPeople(context.db, [userId])).has(userId);
}

/**
 * Afterwards there is a profile for each. The first that nobody has ends it, so a list of invented ids costs one round of questions.
 * @throws AppError `user_not_found`; `unavailable` when auth has to be asked and is away
 */
export async function requirePeople(context: Context, userIds: readonly string[]): Promise<void> {
  const known = await findPeople(context.db, userIds);
  const missing = [...new Set(userIds)].filter((id) => !known.has(id));
  for (let start = 0; start < missing.length; start += asksAtOnce) {
    const found = await Promise.all(
      missing.slice(start, start + asksAtOnce).map((id) => learnPerson(context, id)),
    );
    if (found.includes(false)) throw new AppError('user_not_found');
  }
}

/** The viewer and the others have profiles, and the viewer may see them all. @throws AppError `user_not_found` */
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
 * That the viewer may put these people into a room: into an organization's, people of that organization; else whom they see; never with a
 * block between them. The people must be locked.
 * @throws AppError `user_not_found`, `blocked`
 */
export async function requireAddable(
  { trx }: Transaction,
  viewer: Viewer,
  organizationId: string | null,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const addable =
    organizationId === null
      ? await findVisible(trx, viewer, userIds)
      : await colleaguesAmong(trx, organizationId, userIds);
  if (!userIds.every((id) => addable.has(id))) throw new AppError('user_not_found');
  if (await hasBlock(trx, viewer.userId, userIds)) throw new AppError('blocked');
}

export function forbidSelf(viewer: Viewer, userId: string): void {
  if (viewer.userId === userId) throw new AppError('self_reference');
}
