import { AppError } from '@parley/errors';
import type { Limiter } from './limiter.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/**
 * Verifies a token, and counts it against its sender if it is forged. Beyond the limit, tokens of
 * that sender are refused unread, except for those that were verified before. Tokens that have
 * ended do not count: everyone behind an address may return with one after an outage.
 * @param sender the network, or the user
 * @throws AppError as `TokenVerifier`; `rate_limit`
 */
export async function verifyLimited(
  { verifier, limiter }: { verifier: TokenVerifier; limiter: Limiter },
  token: string,
  sender: string,
  options?: { remember?: boolean },
): Promise<VerifiedToken> {
  if (!verifier.remembers(token)) await limiter.require(sender);
  try {
    return await verifier.verify(token, options);
  } catch (error) {
    if (AppError.from(error).code === 'unauthenticated') await limiter(sender);
    throw error;
  }
}
