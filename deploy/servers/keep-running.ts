import { backoff, pause } from '@parley/runtime/async';
import type { ServerProcess } from '@parley/servers';

const pauses = { firstMs: 200, maxMs: 5_000 };

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
    for (let failures = 0; !signal.aborted; failures++) {
      say(`${server.kind} has ended (${killedBy ?? code}); starting it again`);
      try {
        await pause(backoff(failures, pauses), { signal });
        if (signal.aborted) return;
        await server.restart();
        break;
      } catch (error) {
        if (!signal.aborted)
          say(`${server.kind} failed to start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
