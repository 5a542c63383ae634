import { type CloseReasonRow, closeReasons, isCloseReason } from '@parley/contracts/close-reasons';
import { backOffMs } from './back-off.ts';
import type { StopReason } from './events.ts';

/** How one try to be connected ended: it was refused, or lived for a while. */
export interface Ended {
  code: string;
  clean: boolean;
  retryable: boolean;
  retryAfterMs: number | undefined;
  /** How long the connection lived; 0 when it was refused. */
  livedMs: number;
}

export type NextStep = { stop: StopReason } | { failures: number; waitMs: number; renew: boolean };

/** A connection that lived this long has worked: the next failure is a first one. Whatever the server does, we come at most so often. */
const settledMs = 1_000;
/** Tokens just made are refused so often before we believe it. */
const maxRefusals = 3;

/**
 * What follows a connection's end.
 * @param failures in a row, before this one
 */
export function nextStep(ended: Ended, failures: number, random: () => number): NextStep {
  const { code, clean, livedMs } = ended;
  if (code === 'session_revoked') return { stop: 'session_revoked' };
  if (code === 'not_logged_in') return { stop: 'not_logged_in' };
  if (code === 'invalid_refresh_token') return { stop: 'refresh_failed' };
  if (code === 'frame_too_long' || code === 'protocol_error') return { stop: code };
  const row: CloseReasonRow | undefined = isCloseReason(code) ? closeReasons[code] : undefined;
  const before = livedMs >= settledMs ? 0 : failures;
  const renew = code === 'token_expired' || code === 'unauthenticated';
  if (renew && before >= maxRefusals) return { stop: 'unauthenticated' };
  // Told to come back, or to come back with another token.
  const atOnce = ((clean || row?.advice === 'come_back') && livedMs >= settledMs) || (renew && before === 0);
  const waitMs = atOnce
    ? 0
    : Math.max(ended.retryAfterMs ?? row?.retryAfterMs ?? 0, backOffMs(before, random));
  return { failures: before + 1, waitMs, renew };
}
