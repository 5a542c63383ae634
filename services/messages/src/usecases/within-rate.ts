import type { SubmissionOf } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { nameRate, type Rate } from '@parley/runtime';
import type { Outcome } from '../domain/outcome.ts';
import type { Context } from './context.ts';

type Limited = SubmissionOf<'send' | 'edit' | 'react' | 'pin'>;

/** The rate of the author's session, by its contract. */
export function rateOf({ rates }: Pick<Context, 'rates'>, { op, contract, byKey }: Limited): Rate | 'off' {
  if (byKey) return rates.keys;
  // Earlier releases state it for messages only.
  if (contract === undefined && op !== 'send') return 'off';
  // Sessions of earlier releases lack a contract; they had the limit of `rooms`.
  return rates[contract ?? 'rooms'];
}

export const overRate = (rate: Rate | 'off', retryAfterMs: number): AppError =>
  new AppError('rate_limit', { ...nameRate('MESSAGE_RATE', rate, ['user', 'room']), retryAfterMs });

/**
 * Counts the changes of a batch that store something new among what their authors write to the
 * rooms. The changes must be handled in order.
 */
export class ChangeRates {
  readonly #context: Pick<Context, 'rates' | 'written' | 'clock'>;
  readonly #counted: string[] = [];

  constructor(context: Pick<Context, 'rates' | 'written' | 'clock'>) {
    this.#context = context;
  }

  /** @param change receives the refusal for anything new, if the author is over the limit */
  within(submission: Limited, change: (over: AppError | undefined) => Outcome): Outcome {
    const { written, clock } = this.#context;
    const rate = rateOf(this.#context, submission);
    if (rate === 'off') return change(undefined);
    const key = submission.roomId + submission.by.userId;
    const now = clock();
    const waitMs = written.waitMs(key, rate, now);
    const outcome = change(waitMs > 0 ? overRate(rate, waitMs) : undefined);
    const { answer } = outcome;
    if ('repeated' in answer && !answer.repeated) {
      written.count(key, rate, now);
      this.#counted.push(key);
    }
    return outcome;
  }

  /** The changes could not be stored. */
  giveBack(): void {
    for (const key of this.#counted.splice(0)) this.#context.written.giveBack(key);
  }
}
