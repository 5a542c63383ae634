import { AppError } from '@parley/errors';

/**
 * Waits at most `ms` milliseconds for the answer, because a frozen database never responds. The
 * work itself continues, with its outcome ignored.
 * @throws AppError `timeout`
 */
export function answerWithin<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AppError('timeout')), ms);
    timer.unref();
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    answer.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}
