import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@parley/errors';

/** The answer, or `timeout` when it takes longer: a database that is frozen says nothing at all. What is under way then goes on unheard. */
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
