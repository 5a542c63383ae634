import type { Caller, Hook } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { makeDue, setCursors } from '../stores/cursors.ts';
import { forgetFailures, lockHook, updateHookRow } from '../stores/hooks.ts';
import { type Context, nowOf } from './context.ts';
import { findHeads } from './find-heads.ts';
import { requireOrganization } from './room-rights.ts';
import { ownedBy, requireHook, viewHook } from './view-hooks.ts';

/**
 * Continues a webhook in any state, or retries it at once.
 * @param from new cursors; a number beyond the room's head counts as its head
 * @throws AppError `hook_not_found`, `room_not_found` for a room that the webhook does not have
 */
export async function resumeHook(
  context: Context,
  caller: Caller,
  id: string,
  from: readonly { roomId: string; seq: number }[],
): Promise<Hook> {
  const { organizationId } = await requireHook(context, caller.userId, id);
  if (organizationId !== null && requireOrganization(caller) !== organizationId)
    throw new AppError('not_authorized');
  const wanted = new Map(from.map(({ roomId, seq }) => [roomId, seq]));
  const heads = await findHeads(context, [...wanted.keys()]);
  const cursors = [...wanted].map(([roomId, seq]) => ({
    roomId,
    seq: Math.min(seq, heads.get(roomId) ?? 0),
  }));
  await context.db.transaction(async (trx) => {
    ownedBy(caller.userId, await lockHook(trx, id));
    const set = await setCursors(trx, id, cursors);
    if (set.size < wanted.size) throw new AppError('room_not_found');
    await updateHookRow(trx, id, { state: 'active', stateReason: null });
    await forgetFailures(trx, id);
    await makeDue(trx, id, nowOf(context));
  });
  context.kick();
  return viewHook(context, caller.userId, id);
}
