import type { SubmissionOf } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { nameRate, type Rate } from '@parley/runtime';
import type { Outcome } from '../domain/outcome.ts';
import type { Context } from './context.ts';

/** The rate of the author's session, by its contract. */
export function rateOf(
  { rates }: Pick<Context, 'rates'>,
  { op, contract }: SubmissionOf<'send' | 'edit' | 'react'>,
): Rate | 'off' {
  // Earlier releases state it for messages only.
  if (contract === undefined && op !== 'send') return 'off';
  // Sessions of earlier releases lack a contract; they had the limit of `rooms`.
  return rates[contract ?? 'rooms'];
}

export const overRate = (rate: Rate | 'off', retryAfterMs: number): AppError =>
  new AppError('rate_limit', { ...nameRate('MESSAGE_RATE', rate, ['user', 'room']), retryAfterMs });

/**
 * Counts a change of a message, if it stored something new, among what its author wrote to the
 * room. The room's changes must run one after the other.
 * @param change receives the refusal for anything new, if the author is over the limit
 */
export async function withinRate(
  context: Pick<Context, 'rates' | 'written' | 'clock'>,
  submission: SubmissionOf<'edit' | 'react'>,
  change: (over: AppError | undefined) => Promise<Outcome>,
): Promise<Outcome> {
  const rate = rateOf(context, submission);
  if (rate === 'off') return change(undefined);
  const key = submission.roomId + submission.by.userId;
  const now = context.clock();
  const waitMs = context.written.waitMs(key, rate, now);
  const outcome = await change(waitMs > 0 ? overRate(rate, waitMs) : undefined);
  const { answer } = outcome;
  if ('repeated' in answer && !answer.repeated) context.written.count(key, rate, now);
  return outcome;
}
