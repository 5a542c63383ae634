import type { Viewer } from '../domain/viewer.ts';
import { deleteBlock, isBlocking } from '../stores/blocks.ts';
import { lockPeople } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { setDirectSending } from './direct-sending.ts';

/** Idempotent. */
export async function unblockUser(context: Context, viewer: Viewer, userId: string): Promise<void> {
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, userId]);
    if (!(await deleteBlock(tx.trx, viewer.userId, userId))) return;
    if (!(await isBlocking(tx.trx, userId, viewer.userId)))
      await setDirectSending(tx, viewer.userId, userId, true);
    tx.emit('user.unblocked', { userId: viewer.userId, blockedId: userId });
  });
}
