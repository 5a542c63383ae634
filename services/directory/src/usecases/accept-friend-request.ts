import type { FriendRequest } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { findRequest, findRequestBetween, markAccepted } from '../stores/friend-requests.ts';
import { lockPeople } from '../stores/profiles.ts';
import { ensureContact } from './contact-changes.ts';
import type { Context, Limits, Transaction } from './context.ts';

/** Idempotent. */
export async function acceptFriendRequest(
  context: Context,
  viewer: Viewer,
  requestId: string,
): Promise<FriendRequest> {
  const seen = await findRequest(context.db, requestId);
  if (seen?.to.userId !== viewer.userId) throw new AppError('friend_request_not_found');
  return context.transact(async (tx) => {
    await lockPeople(tx.trx, [seen.from.userId, seen.to.userId]);
    const request = await findRequest(tx.trx, requestId);
    if (!request) throw new AppError('friend_request_not_found');
    return request.status === 'accepted' ? request : makeFriends(tx, context.limits, request);
  });
}

/** Accepts by sender instead of by request id. */
export async function acceptFriendRequestOf(
  context: Context,
  viewer: Viewer,
  senderId: string,
): Promise<FriendRequest> {
  const request = await findRequestBetween(context.db, viewer.userId, senderId);
  if (!request) throw new AppError('friend_request_not_found');
  return request.status === 'accepted' ? request : acceptFriendRequest(context, viewer, request.id);
}

/** The users must be locked. */
export async function makeFriends(
  tx: Transaction,
  limits: Limits,
  request: FriendRequest,
): Promise<FriendRequest> {
  const { id, from, to } = request;
  await markAccepted(tx.trx, id, tx.now);
  await ensureContact(tx, limits, from.userId, to.userId);
  await ensureContact(tx, limits, to.userId, from.userId);
  tx.emit('friend_request.accepted', { id, from, to });
  return { ...request, status: 'accepted' };
}
