import type { Api } from './api.ts';
import type { MessageCopy } from './copy-check.ts';
import { ParleyError } from './parley-error.ts';

export interface VerifyOptions {
  /** Maximum number of requests. @default 64 */
  maxRequests?: number;
  /** Whether the copy is without replies that are only in their thread. @default false */
  threads?: boolean;
}

export interface Verified {
  /** Whether the copy is proven correct. Otherwise load it anew: that takes fewer requests. */
  isCorrect: boolean;
  /** Differences found and repaired. */
  repaired: number;
  requests: number;
}

/**
 * Compares a copy with the room by digests, finds differences by bisection and repairs them.
 * A correct copy takes one request per 10,000 numbers. During writes, repairs may be incomplete,
 * so the result counts only once the digests of the whole copy are equal.
 *
 * @throws ParleyError when a request fails; the copy may be repaired in part. `insecure_context`: a
 *   page over plain HTTP from another machine, where browsers offer no SHA-256
 */
export async function verifyCopy(
  api: Pick<Api, 'getDigest' | 'getHistory'>,
  roomId: string,
  copy: MessageCopy,
  { maxRequests = 64, threads = false }: VerifyOptions = {},
): Promise<Verified> {
  const { subtle } = crypto as Partial<typeof crypto>;
  if (!subtle) throw new ParleyError('insecure_context', 'Copies can be checked on pages over HTTPS only.');
  const { CopyCheck } = await import('./copy-check.ts');
  const check = new CopyCheck(api, { roomId, ...(threads && { threads }) }, copy, maxRequests);
  return { isCorrect: await check.run(), repaired: check.repaired, requests: check.requests };
}
