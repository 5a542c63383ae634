import type { Caller, Hook, HookEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { toHook } from '../domain/hook.ts';
import { newSecret } from '../signature.ts';
import { addCursors } from '../stores/cursors.ts';
import { countHooks, insertHook, lockOwner } from '../stores/hooks.ts';
import { type Context, nowOf } from './context.ts';
import { findHeads } from './find-heads.ts';
import { requireUrl } from './require-url.ts';
import { findOrganizationRooms, requireOrganization, requireRooms } from './room-rights.ts';

export interface NewHook {
  url: string;
  description: string;
  /** Absent: the rooms of the caller's organization. */
  rooms?: string[] | undefined;
  events: HookEvent[];
  programMessages: boolean;
}

/** The webhook delivers what happens after this. The secret is returned once. */
export async function createHook(
  context: Context,
  caller: Caller,
  { rooms, ...wanted }: NewHook,
): Promise<{ hook: Hook; secret: string }> {
  const { db, newId, clock, maxHooks, secretBox } = context;
  requireUrl(context, wanted.url);
  const createdAt = nowOf(context);
  const organizationId = rooms ? null : requireOrganization(caller);
  if (rooms) await requireRooms(context, caller, rooms);
  const roomIds = rooms ?? (await findOrganizationRooms(context, caller.userId, requireOrganization(caller)));
  const heads = await findHeads(context, roomIds);
  const secret = newSecret();
  return db.transaction(async (trx) => {
    await lockOwner(trx, caller.userId);
    if ((await countHooks(trx, caller.userId)) >= maxHooks.max) throw new AppError('limit_reached', maxHooks);
    const id = newId();
    const sealed = secretBox.seal(id, secret);
    const hook = { ...wanted, id, ownerId: caller.userId, organizationId, secret: sealed, createdAt };
    const stored = await insertHook(trx, hook);
    const cursors = [...heads].map(([roomId, seq]) => ({ roomId, seq }));
    await addCursors(trx, hook.id, cursors, createdAt);
    return { hook: toHook(stored, rooms ? [...heads.keys()].sort() : null, clock()), secret };
  });
}
