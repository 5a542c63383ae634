import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { StoredHook } from '../domain/hook.ts';
import { activeRoomsOf, addCursors } from '../stores/cursors.ts';
import { deleteHookRow, uncheckHook, updateHookRow } from '../stores/hooks.ts';
import { type Context, nowOf } from './context.ts';
import { findHeads } from './find-heads.ts';
import { findOrganizationRooms } from './room-rights.ts';
import { skewMs } from './wakeups.ts';

/**
 * Deletes the webhook of an erased owner. Ends that of an organization whose admin the owner no
 * longer is; otherwise adds the rooms that the owner has joined. If that fails, it is repeated.
 * @param checkedAt the last check: the rooms that had been joined by then are known
 */
export async function checkOwner(context: Context, hook: StoredHook, checkedAt: Date): Promise<void> {
  const { db, bus, logger } = context;
  const { id, ownerId, organizationId } = hook;
  try {
    const owner = await ask(bus, calls.getIdentity, { userId: ownerId });
    if (!owner) return await deleteHookRow(db, id);
    if (organizationId === null) return;
    if (owner.organizationId !== organizationId || owner.organizationRole !== 'admin')
      return await updateHookRow(db, id, { state: 'ended', stateReason: 'not_authorized' });
    const joined = await findOrganizationRooms(context, ownerId, organizationId);
    const known = await activeRoomsOf(db, id);
    const added = joined.filter((roomId) => !known.has(roomId));
    if (added.length === 0) return;
    const heads = await findHeads(context, added, new Date(checkedAt.getTime() - skewMs));
    const cursors = [...heads].map(([roomId, seq]) => ({ roomId, seq }));
    await addCursors(db, id, cursors, nowOf(context));
    context.kick();
  } catch (error) {
    logger.warn({ err: error, hookId: id }, "a webhook's owner could not be checked; will retry");
    await uncheckHook(db, id, checkedAt);
  }
}
