import { newSecret } from '../signature.ts';
import { replaceSecret } from '../stores/hooks.ts';
import type { Context } from './context.ts';
import { requireHook } from './view-hooks.ts';

/** The old secret signs as well until it expires. @throws AppError `hook_not_found` */
export async function rotateHookSecret(
  context: Context,
  ownerId: string,
  id: string,
  { expireOldInSeconds }: { expireOldInSeconds: number },
): Promise<{ secret: string; oldExpiresAt: string }> {
  await requireHook(context, ownerId, id);
  const secret = newSecret();
  const oldUntil = new Date(context.clock() + expireOldInSeconds * 1_000);
  await replaceSecret(context.db, id, context.secretBox.seal(id, secret), oldUntil);
  return { secret, oldExpiresAt: oldUntil.toISOString() };
}
