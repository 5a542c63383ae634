import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '@parley/servers';

const firstPauseMs = 200;
const maxPauseMs = 5_000;

/**
 * Restarts a server whenever it dies, on the same port and data, until `signal` is aborted. Abort
 * it before you call `server.stop()`.
 * @param say receives a sentence about each restart
 */
export async function keepRunning(
  server: ServerProcess,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { code, signal: killedBy } = await server.exited;
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      say(`${server.kind} has ended (${killedBy ?? code}); starting it again`);
      try {
        await delay(pauseMs, undefined, { signal });
        await server.restart();
        break;
      } catch (error) {
        if (!signal.aborted)
          say(`${server.kind} failed to start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
