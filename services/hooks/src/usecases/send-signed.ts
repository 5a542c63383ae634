import { EgressError, type EgressResponse } from '@parley/egress';
import { type StoredHook, secretsOf } from '../domain/hook.ts';
import { signedHeaders } from '../signature.ts';
import type { Context } from './context.ts';

export interface Sent {
  /** Null: no answer. */
  status: number | null;
  /** Why there is no answer. */
  problem: string | null;
  headers: EgressResponse['headers'];
  body: string;
  durationMs: number;
  aborted: boolean;
  timedOut: boolean;
}

/**
 * Posts a signed body to a webhook's receiver. Never rejects because of the receiver.
 * @param options.ignoreBody whether the content of the answer does not matter. @default true
 * @param options.timeoutMs less than `HOOK_TIMEOUT`
 */
export async function sendSigned(
  { egress, clock, secretBox }: Context,
  hook: Pick<StoredHook, 'id' | 'url' | 'secret' | 'oldSecret'>,
  { id, body }: { id: string; body: string },
  options: { signal?: AbortSignal; ignoreBody?: boolean; timeoutMs?: number } = {},
): Promise<Sent> {
  const now = clock();
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  const unanswered = (problem: string, why: { aborted?: boolean; timedOut?: boolean } = {}): Sent => ({
    ...{ status: null, problem, headers: {}, body: '', durationMs: took() },
    ...{ aborted: false, timedOut: false, ...why },
  });
  const secrets = secretsOf(hook, now).flatMap((sealed) => secretBox.open(hook.id, sealed) ?? []);
  if (secrets.length === 0) return unanswered('its secret was sealed with another HOOKS_SECRET');
  try {
    const answer = await egress.request({
      method: 'POST',
      url: hook.url,
      headers: signedHeaders(secrets, { id, body, now }),
      body,
      ignoreBody: options.ignoreBody ?? true,
      ...(options.signal && { signal: options.signal }),
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    });
    return { ...answer, problem: null, durationMs: took(), aborted: false, timedOut: false };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const { message: problem, reason } = error;
    return unanswered(problem, { aborted: reason === 'aborted', timedOut: reason === 'timeout' });
  }
}

export const isSuccess = ({ status }: Pick<Sent, 'status'>): boolean =>
  status !== null && status >= 200 && status < 300;
