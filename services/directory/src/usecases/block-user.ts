import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { countBlocks, insertBlock, isBlocking } from '../stores/blocks.ts';
import { deleteRequest, findRequestBetween } from '../stores/friend-requests.ts';
import { lockPeople } from '../stores/profiles.ts';
import { deleteContacts } from './contact-changes.ts';
import type { Context, Transaction } from './context.ts';
import { setDirectSending } from './direct-sending.ts';
import { forbidSelf, requireVisible } from './people.ts';

/**
 * Ends all relationships of the two except shared rooms, and lets neither send in their direct
 * room. Idempotent.
 */
export async function blockUser(context: Context, viewer: Viewer, userId: string): Promise<void> {
  forbidSelf(viewer, userId);
  // A repeated call must not depend on visibility, which the block itself may have ended.
  if (await isBlocking(context.db, viewer.userId, userId)) return;
  await requireVisible(context, viewer, [userId]);
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, userId]);
    if (!(await insertBlock(tx.trx, viewer.userId, userId, tx.now))) return;
    if ((await countBlocks(tx.trx, viewer.userId)) > context.limits.blocks.max)
      throw new AppError('limit_reached', context.limits.blocks);
    await endRequest(tx, viewer.userId, userId);
    await deleteContacts(tx, viewer.userId, userId);
    await setDirectSending(tx, viewer.userId, userId, false);
    tx.emit('user.blocked', { userId: viewer.userId, blockedId: userId });
  });
}

async function endRequest({ trx, emit }: Transaction, a: string, b: string): Promise<void> {
  const request = await findRequestBetween(trx, a, b);
  if (!request) return;
  await deleteRequest(trx, request.id);
  if (request.status === 'pending')
    emit('friend_request.withdrawn', { id: request.id, from: request.from, to: request.to });
}
