import type { FriendRequest } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { hasBlock } from '../stores/blocks.ts';
import { countOutgoing, findRequestBetween, insertRequest } from '../stores/friend-requests.ts';
import { findPeople, lockPeople } from '../stores/profiles.ts';
import { makeFriends } from './accept-friend-request.ts';
import { spend } from './budgets.ts';
import type { Context, Transaction } from './context.ts';
import { forbidSelf, requireVisible } from './people.ts';

/**
 * Sends a friend request, or accepts the other user's pending one.
 * @param onRepeat whether a repeated request is returned or refused
 * @throws AppError `friend_request_exists` if it is refused
 */
export async function requestFriend(
  context: Context,
  viewer: Viewer,
  userId: string,
  onRepeat: 'return' | 'refuse' = 'return',
): Promise<FriendRequest> {
  forbidSelf(viewer, userId);
  await requireVisible(context, viewer, [userId]);
  return context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, userId]);
    if (await hasBlock(tx.trx, viewer.userId, [userId])) throw new AppError('blocked');
    const existing = await findRequestBetween(tx.trx, viewer.userId, userId);
    if (!existing) return createRequest(context, tx, viewer.userId, userId);
    if (existing.status === 'pending' && existing.to.userId === viewer.userId)
      return makeFriends(tx, context.limits, existing);
    if (onRepeat === 'refuse') throw new AppError('friend_request_exists');
    return existing;
  });
}

async function createRequest(
  { limits, newId }: Context,
  tx: Transaction,
  fromId: string,
  toId: string,
): Promise<FriendRequest> {
  const { trx, now, emit } = tx;
  if ((await countOutgoing(trx, fromId)) >= limits.friendRequests.max)
    throw new AppError('limit_reached', limits.friendRequests);
  await spend(tx, limits.requestChanges, fromId);
  const id = newId();
  await insertRequest(trx, { id, fromId, toId, now });
  const people = await findPeople(trx, [fromId, toId]);
  const [from, to] = [people.get(fromId), people.get(toId)];
  if (!from || !to) throw new AppError('user_not_found');
  emit('friend_request.created', { id, from, to });
  return { id, from, to, status: 'pending', createdAt: now.toISOString() };
}
