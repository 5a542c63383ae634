import { pause } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import type { ConnectionRegistry } from '../connections/connection-registry.ts';
import { Frame } from '../connections/frame.ts';
import type { InFlight } from '../protocol/in-flight.ts';

export interface DrainOptions {
  registry: ConnectionRegistry;
  inFlight: InFlight;
  /**
   * Closings are spaced evenly over this time, so that clients do not reconnect all at once. 0
   * closes all at once.
   */
  windowMs: number;
  /** Extra time for events in flight after the window. */
  answerMs: number;
}

/**
 * Closes all connections so that they reconnect to another gateway. Resolves when all have closed.
 */
export async function drain({ registry, inFlight, windowMs, answerMs }: DrainOptions): Promise<void> {
  const empty = registry.refuse();
  const leaving = [...registry.all()];
  const frame = new Frame('server_draining', { reconnectWithinMs: windowMs });
  for (const connection of leaving) connection.send(frame);

  const over = new AbortController();
  const { signal } = over;
  const late = pause(windowMs + answerMs, { signal });
  const leave = async (connection: Connection) => {
    await Promise.race([inFlight.finish(connection), late]);
    connection.close('draining');
  };
  const closeAll = async () => {
    const since = performance.now();
    for (const [index, connection] of leaving.entries()) {
      const waitMs = (windowMs * index) / leaving.length - (performance.now() - since);
      if (waitMs > 0) await pause(waitMs, { signal });
      void leave(connection);
    }
  };
  void closeAll();
  // Clients may leave before their turn.
  await empty;
  over.abort();
}
