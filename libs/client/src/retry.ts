import { pause } from '@parley/runtime/async';
import { backOffMs } from './back-off.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import { ParleyError } from './parley-error.ts';

/** How long to wait for one answer; the server gives up earlier. */
const answerTimeoutMs = 15_000;

export interface RetryDeps {
  connection: Pick<Connection, 'link' | 'signal'>;
  clock: () => number;
  random: () => number;
}

/**
 * Repeats an action until it succeeds. Waits for a connection if necessary. Retries transient
 * failures (timeouts, lost connections, retryable errors) after the pause that the server requests.
 * @throws ParleyError a permanent error; after `deadline` the last error; the end of the session
 */
export async function untilDeadline<T>(
  { connection, clock, random }: RetryDeps,
  deadline: number,
  attempt: (link: Link, timeoutMs: number) => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    let error: ParleyError;
    try {
      const link = await connection.link(deadline - clock());
      return await attempt(link, Math.max(1, Math.min(answerTimeoutMs, deadline - clock())));
    } catch (thrown) {
      error = ParleyError.from(thrown);
    }
    // After a lost connection, the next attempt waits for the new one.
    const waitMs =
      error.code === 'network' ? 0 : Math.max(error.retryAfterMs ?? 0, backOffMs(failures, random));
    if (!error.retryable || clock() + waitMs >= deadline) throw error;
    await pause(waitMs, { signal: connection.signal });
  }
}
