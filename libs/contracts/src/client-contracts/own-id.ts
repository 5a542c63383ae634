import { AppError } from '@parley/errors';
import { z } from 'zod';

/**
 * The caller's own id where a client contract has it in the body (`id`, `userId`, `sender_id`, `created_by`). Any text is taken here, so that
 * whatever is not the caller's is refused as that: see `requireOwnId`.
 */
export const ownId = z
  .string()
  .max(200, 'at most 200 characters')
  .nullish()
  .meta({ description: "may be absent; present, it must be the caller's own" });

/** Who somebody is says the access token, never the body. @throws AppError `identity_mismatch` */
export function requireOwnId(caller: { userId: string }, stated: string | null | undefined): void {
  if (stated !== null && stated !== undefined && stated.toLowerCase() !== caller.userId)
    throw new AppError('identity_mismatch');
}
