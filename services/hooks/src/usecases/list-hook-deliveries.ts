import type { HookDelivery } from '@parley/contracts';
import { lastDeliveries } from '../stores/deliveries.ts';
import type { Context } from './context.ts';
import { requireHook } from './view-hooks.ts';

/** Newest first. @throws AppError `hook_not_found` */
export async function listHookDeliveries(
  context: Context,
  ownerId: string,
  id: string,
): Promise<HookDelivery[]> {
  await requireHook(context, ownerId, id);
  return lastDeliveries(context.db, id);
}
