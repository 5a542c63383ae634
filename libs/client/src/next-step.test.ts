import { closeReasons } from '@parley/contracts/close-reasons';
import { describe, expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';
import { type Ended, nextStep } from './next-step.ts';

const half = () => 0.5;
const highest = () => 0.999_999;
const ended = (one: Partial<Ended>): Ended => ({
  code: 'transport close',
  clean: false,
  retryable: true,
  retryAfterMs: undefined,
  livedMs: 0,
  ...one,
});

describe('the step after a connection ends', () => {
  test('repeated failures wait longer, at random up to a limit of at highest 30 seconds', () => {
    const limits = Array.from({ length: 12 }, (_, failures) => backOffMs(failures, highest) + 1);
    expect(limits).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000,
    ]);
    expect(backOffMs(3, () => 0)).toBe(0);
    expect(nextStep(ended({}), 3, half)).toEqual({ failures: 4, waitMs: 2_000, renew: false });
  });

  test('the count of failures restarts after a connection that has lasted', () => {
    expect(nextStep(ended({ livedMs: 60_000 }), 9, half)).toEqual({ failures: 1, waitMs: 250, renew: false });
  });

  test('the client leaves a draining gateway at once, but not one that closes every connection', () => {
    expect(nextStep(ended({ clean: true, livedMs: 2_000 }), 0, half)).toMatchObject({ waitMs: 0 });
    expect(nextStep(ended({ clean: true, livedMs: 10 }), 0, half)).toMatchObject({ waitMs: 250 });
  });

  test('an expired token is replaced at once; repeatedly refused tokens end the session', () => {
    expect(nextStep(ended({ code: 'token_expired' }), 0, half)).toMatchObject({ waitMs: 0, renew: true });
    expect(nextStep(ended({ code: 'unauthenticated' }), 1, half)).toMatchObject({ waitMs: 500, renew: true });
    expect(nextStep(ended({ code: 'unauthenticated' }), 3, half)).toEqual({ stop: 'unauthenticated' });
  });

  test('a revoked session and a refused refresh token stop the client with the reason', () => {
    expect(nextStep(ended({ code: 'session_revoked', livedMs: 60_000 }), 0, half)).toEqual({
      stop: 'session_revoked',
    });
    expect(nextStep(ended({ code: 'invalid_refresh_token' }), 0, half)).toEqual({ stop: 'refresh_failed' });
    expect(nextStep(ended({ code: 'not_logged_in' }), 0, half)).toEqual({ stop: 'not_logged_in' });
  });

  test('every reason of the server is followed as its table advises', () => {
    const outcomes = Object.entries(closeReasons).map(([code, { advice }]) => {
      const next = nextStep(ended({ code, livedMs: 5_000 }), 0, half);
      return [code, advice, 'stop' in next ? 'stop' : next.renew ? 'renew' : next.waitMs];
    });
    const expected = {
      come_back: 0,
      come_back_later: expect.any(Number),
      log_in: expect.stringMatching(/renew|stop/),
      stop: 'stop',
    };
    expect(outcomes).toEqual(
      Object.entries(closeReasons).map(([code, { advice }]) => [code, advice, expected[advice]]),
    );
    expect(nextStep(ended({ code: 'flooding', livedMs: 5_000 }), 0, half)).toMatchObject({ waitMs: 30_000 });
    // A client that is repeatedly closed as slow still waits longer each time.
    expect(nextStep(ended({ code: 'slow', livedMs: 10 }), 3, half)).toMatchObject({ waitMs: 2_000 });
  });

  test('a client that must wait for its turn to connect waits exactly that long, however often', () => {
    const refused = ended({ code: 'rate_limit', retryAfterMs: 1_234 });
    expect(nextStep(refused, 9, highest)).toEqual({ failures: 9, waitMs: 1_234, renew: false });
  });

  test('the server can ask for a longer pause', () => {
    expect(nextStep(ended({ code: 'unavailable', retryAfterMs: 9_000 }), 0, half)).toMatchObject({
      waitMs: 9_000,
    });
  });
});
