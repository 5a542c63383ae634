import type { Caller, Hook } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { HookChanges } from '../domain/hook.ts';
import { activeRoomsOf, addCursors, keepCursors } from '../stores/cursors.ts';
import { lockHook, updateHookRow } from '../stores/hooks.ts';
import { type Context, nowOf } from './context.ts';
import { findHeads } from './find-heads.ts';
import { requireUrl } from './require-url.ts';
import { requireRooms } from './room-rights.ts';
import { ownedBy, requireHook, viewHook } from './view-hooks.ts';

type Changes = Pick<HookChanges, 'url' | 'description' | 'events' | 'programMessages'> & {
  rooms?: string[] | undefined;
  paused?: true | undefined;
};

/** New rooms are delivered from now on. The others keep their cursors. */
export async function updateHook(
  context: Context,
  caller: Caller,
  id: string,
  { rooms, paused, ...changes }: Changes,
): Promise<Hook> {
  const { db } = context;
  const known = await requireHook(context, caller.userId, id);
  if (changes.url !== undefined) requireUrl(context, changes.url);
  if (rooms && known.organizationId !== null)
    throw new AppError('validation_failed', {
      fields: [
        {
          field: 'rooms',
          message: 'must be absent: the webhook is for an organization',
          reason: 'combination',
        },
      ],
    });
  const present = rooms ? await activeRoomsOf(db, id) : new Set<string>();
  const added = (rooms ?? []).filter((roomId) => !present.has(roomId));
  await requireRooms(context, caller, added);
  const heads = await findHeads(context, added);
  await db.transaction(async (trx) => {
    const hook = ownedBy(caller.userId, await lockHook(trx, id));
    const pausing = paused && hook.state === 'active';
    await updateHookRow(trx, id, {
      ...changes,
      ...(pausing && { state: 'paused', stateReason: 'by_owner' }),
    });
    if (!rooms) return;
    await keepCursors(trx, id, rooms);
    const cursors = [...heads].map(([roomId, seq]) => ({ roomId, seq }));
    await addCursors(trx, id, cursors, nowOf(context));
  });
  context.kick();
  return viewHook(context, caller.userId, id);
}
