import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { InFlight } from '../protocol/in-flight.ts';
import type { Connections } from './connections.ts';

export interface DrainOptions {
  connections: Connections;
  inFlight: InFlight;
  /** Over this time the closings are spread evenly, so that those who come back do not all come at once. 0: all now. */
  windowMs: number;
  /** What has been asked for may take so long to be answered after that time. */
  answerMs: number;
}

/** Sends everybody away, to come back to another gateway. Resolves when all have gone. */
export async function drain({ connections, inFlight, windowMs, answerMs }: DrainOptions): Promise<void> {
  const empty = connections.refuse();
  const leaving = [...connections.all()];
  const frame = new Frame('server_draining', { reconnectWithinMs: windowMs });
  for (const connection of leaving) connection.send(frame);

  const over = new AbortController();
  const pause = (ms: number) => delay(ms, undefined, { signal: over.signal }).catch(() => undefined);
  const late = pause(windowMs + answerMs);
  const leave = async (connection: Connection) => {
    await Promise.race([inFlight.finish(connection), late]);
    connection.close('draining');
  };
  const sendAway = async () => {
    const since = performance.now();
    for (const [index, connection] of leaving.entries()) {
      const waitMs = (windowMs * index) / leaving.length - (performance.now() - since);
      if (waitMs > 0) await pause(waitMs);
      void leave(connection);
    }
  };
  void sendAway();
  // Who has been told may go before its turn.
  await empty;
  over.abort();
}
