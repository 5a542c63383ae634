import { AppError } from '@parley/errors';
import type { Limiter } from './limiter.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/**
 * Verifies a token, and counts it against its network if it is bad. Beyond the limit, tokens of
 * that network are refused unread, except for those that were verified before.
 * @throws AppError as `TokenVerifier`; `rate_limit`
 */
export async function verifyLimited(
  { verifier, limiter }: { verifier: TokenVerifier; limiter: Limiter },
  token: string,
  network: string,
  options?: { remember?: boolean },
): Promise<VerifiedToken> {
  if (!verifier.remembers(token)) await limiter.require(network);
  try {
    return await verifier.verify(token, options);
  } catch (error) {
    if (AppError.from(error).status === 401) await limiter(network);
    throw error;
  }
}
