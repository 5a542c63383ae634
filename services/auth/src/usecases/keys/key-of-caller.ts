import type { Caller } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type ApiKey, isValidKey } from '../../domain/api-key.ts';
import { findKey } from '../../stores/api-keys.ts';
import type { Context } from '../context.ts';

/**
 * The key whose token the caller presented, as it is now.
 * @throws AppError `not_authorized` for a user's own token; `session_revoked` if the key has ended
 */
export async function keyOfCaller({ db, clock }: Context, { grant }: Caller): Promise<ApiKey> {
  const key = grant && (await findKey(db, grant.keyId));
  if (!key) throw new AppError('not_authorized', { detail: 'Only keys may do that.' });
  if (!isValidKey(key, clock())) throw new AppError('session_revoked');
  return key;
}
