import { type CloseReasonRow, closeReasons, isCloseReason } from '@parley/contracts/close-reasons';
import { backOffMs } from './back-off.ts';
import type { StopReason } from './events.ts';

/** How an attempt to connect ended: it was refused, or the connection lasted for a time. */
export interface Ended {
  code: string;
  clean: boolean;
  retryable: boolean;
  retryAfterMs: number | undefined;
  /** How long the connection lasted; 0 when it was refused. */
  livedMs: number;
}

export type NextStep = { stop: StopReason } | { failures: number; waitMs: number; renew: boolean };

/**
 * A connection that lasted this long resets the count of failures. It is also the minimum interval
 * between immediate reconnections.
 */
const settledMs = 1_000;
/** Number of refusals of new tokens before the client gives up. */
const maxRefusals = 3;

/**
 * Decides what to do after a connection has ended.
 * @param failures failures in a row before this one
 */
export function nextStep(ended: Ended, failures: number, random: () => number): NextStep {
  const { code, clean, livedMs } = ended;
  if (code === 'session_revoked') return { stop: 'session_revoked' };
  if (code === 'not_logged_in') return { stop: 'not_logged_in' };
  if (code === 'invalid_refresh_token' || code === 'invalid_api_key') return { stop: 'refresh_failed' };
  if (code === 'frame_too_long' || code === 'protocol_error') return { stop: code };
  const row: CloseReasonRow | undefined = isCloseReason(code) ? closeReasons[code] : undefined;
  const before = livedMs >= settledMs ? 0 : failures;
  const renew = code === 'token_expired' || code === 'unauthenticated';
  if (renew && before >= maxRefusals) return { stop: 'unauthenticated' };
  // The server advises to reconnect, or to reconnect with another token.
  const atOnce = ((clean || row?.advice === 'come_back') && livedMs >= settledMs) || (renew && before === 0);
  // The server has too many connections to open and has named this one's turn.
  if (code === 'rate_limit' && ended.retryAfterMs !== undefined)
    return { failures: before, waitMs: ended.retryAfterMs, renew: false };
  const waitMs = atOnce
    ? 0
    : Math.max(ended.retryAfterMs ?? row?.retryAfterMs ?? 0, backOffMs(before, random));
  return { failures: before + 1, waitMs, renew };
}
