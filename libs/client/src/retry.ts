import { backOffMs } from './back-off.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import { ParleyError } from './parley-error.ts';
import { pause } from './pause.ts';

/** One answer is waited for so long; the server gives up earlier. */
const answerTimeoutMs = 15_000;

export interface RetryDeps {
  connection: Pick<Connection, 'link' | 'signal'>;
  clock: () => number;
  random: () => number;
}

/**
 * Tries until it succeeds: waits for a connection where there is none, and tries again after what may pass (time-outs, lost connections, retryable
 * errors), as late as the server asks.
 * @throws ParleyError what cannot pass; after `deadline` the last error; the session's end
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
    // A lost connection is waited for, not polled.
    const waitMs =
      error.code === 'network' ? 0 : Math.max(error.retryAfterMs ?? 0, backOffMs(failures, random));
    if (!error.retryable || clock() + waitMs >= deadline) throw error;
    await pause(waitMs, connection.signal);
  }
}
