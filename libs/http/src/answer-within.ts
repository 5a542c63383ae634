import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@parley/errors';

/**
 * Rejects with `timeout` when the answer takes longer, because a frozen database never responds.
 * The work itself continues, and its result is ignored.
 */
export async function answerWithin<T>(ms: number, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = delay(ms, undefined, { signal: answered.signal, ref: false }).then(() => {
    throw new AppError('timeout');
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
    late.catch(() => undefined);
  }
}
