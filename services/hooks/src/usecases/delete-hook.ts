import { deleteHookRow } from '../stores/hooks.ts';
import type { Context } from './context.ts';
import { requireHook } from './view-hooks.ts';

/** A delivery in flight may still arrive. @throws AppError `hook_not_found` */
export async function deleteHook(context: Context, ownerId: string, id: string): Promise<void> {
  await requireHook(context, ownerId, id);
  await deleteHookRow(context.db, id);
}
