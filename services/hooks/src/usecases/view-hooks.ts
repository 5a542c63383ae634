import type { Hook } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type StoredHook, toHook } from '../domain/hook.ts';
import { roomsOf } from '../stores/cursors.ts';
import { findHook, hooksOf } from '../stores/hooks.ts';
import type { Context } from './context.ts';

/** Newest first. */
export async function listHooks(context: Context, ownerId: string): Promise<Hook[]> {
  return viewAll(context, await hooksOf(context.db, ownerId));
}

/** @throws AppError `hook_not_found` */
export async function viewHook(context: Context, ownerId: string, id: string): Promise<Hook> {
  const [hook] = await viewAll(context, [await requireHook(context, ownerId, id)]);
  if (!hook) throw new AppError('hook_not_found');
  return hook;
}

/** A webhook of another user does not exist for the caller. @throws AppError `hook_not_found` */
export async function requireHook({ db }: Context, ownerId: string, id: string): Promise<StoredHook> {
  return ownedBy(ownerId, await findHook(db, id));
}

/** @throws AppError `hook_not_found` */
export function ownedBy(ownerId: string, hook: StoredHook | undefined): StoredHook {
  if (hook?.ownerId !== ownerId) throw new AppError('hook_not_found');
  return hook;
}

async function viewAll({ db, clock }: Context, hooks: readonly StoredHook[]): Promise<Hook[]> {
  const named = hooks.filter(({ organizationId }) => organizationId === null).map(({ id }) => id);
  const rooms = await roomsOf(db, named);
  return hooks.map((hook) => toHook(hook, rooms.get(hook.id) ?? null, clock()));
}
