import { randomBytes } from 'node:crypto';
import type { Caller, IncomingHook } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import { lockOwner } from '../stores/hooks.ts';
import { countIncoming, deleteIncoming, incomingOf, insertIncoming } from '../stores/incoming-hooks.ts';
import { type Context, nowOf } from './context.ts';
import { requireRooms } from './room-rights.ts';

/** The token is returned once and never stored. */
export async function createIncomingHook(
  context: Context,
  caller: Caller,
  wanted: Pick<IncomingHook, 'roomId' | 'name' | 'format'>,
): Promise<{ hook: IncomingHook; token: string; path: string }> {
  const { db, newId, maxHooks } = context;
  await requireRooms(context, caller, [wanted.roomId]);
  const token = randomBytes(24).toString('base64url');
  const hook = { ...wanted, id: newId(), createdAt: nowOf(context).toISOString() };
  await db.transaction(async (trx) => {
    await lockOwner(trx, caller.userId);
    if ((await countIncoming(trx, caller.userId)) >= maxHooks.max)
      throw new AppError('limit_reached', maxHooks);
    await insertIncoming(trx, { ...hook, ownerId: caller.userId, tokenHash: hashToken(token) });
  });
  return { hook, token, path: `/api/v1/hooks/in/${token}` };
}

/** Newest first. */
export const listIncomingHooks = ({ db }: Context, ownerId: string): Promise<IncomingHook[]> =>
  incomingOf(db, ownerId);

/** @throws AppError `hook_not_found` */
export async function deleteIncomingHook({ db }: Context, ownerId: string, id: string): Promise<void> {
  if (!(await deleteIncoming(db, ownerId, id))) throw new AppError('hook_not_found');
}
