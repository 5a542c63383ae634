import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { deleteRequest, findRequest } from '../stores/friend-requests.ts';
import { lockPeople } from '../stores/profiles.ts';
import { spend } from './budgets.ts';
import type { Context } from './context.ts';

/**
 * Ends a pending request: its sender (`from`) withdraws it, or its recipient (`to`) declines.
 * Withdrawing is limited like requesting, because both notify the recipient.
 */
export async function withdrawFriendRequest(
  context: Context,
  viewer: Viewer,
  requestId: string,
  side: 'from' | 'to',
): Promise<void> {
  const seen = await findRequest(context.db, requestId);
  if (seen?.[side].userId !== viewer.userId) throw new AppError('friend_request_not_found');
  const { id, from, to } = seen;
  await context.transact(async (tx) => {
    const { trx, emit } = tx;
    await lockPeople(trx, [from.userId, to.userId]);
    const request = await findRequest(trx, id);
    if (request?.status !== 'pending') throw new AppError('friend_request_not_found');
    if (side === 'from') await spend(tx, context.limits.requestChanges, viewer.userId);
    await deleteRequest(trx, id);
    emit('friend_request.withdrawn', { id, from, to });
  });
}
