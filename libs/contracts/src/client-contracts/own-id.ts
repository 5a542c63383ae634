import { AppError } from '@parley/errors';
import { z } from 'zod';

/**
 * The caller's own id, where a client contract has it in the body (`id`, `userId`, `sender_id`,
 * `created_by`). Accepts any text, so that `requireOwnId` can refuse every other id with the same
 * error.
 */
export const ownId = z
  .string()
  .max(200, 'at most 200 characters')
  .nullish()
  .meta({ description: "optional; must be the caller's own id" });

/** The access token identifies the caller, never the body. @throws AppError `identity_mismatch` */
export function requireOwnId(caller: { userId: string }, stated: unknown): void {
  if (stated === null || stated === undefined) return;
  if (typeof stated !== 'string' || stated.toLowerCase() !== caller.userId)
    throw new AppError('identity_mismatch');
}
