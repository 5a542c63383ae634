import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Below those that systems give to outgoing connections: one of these cannot take the port of a server that is about to start again. */
const lowest = 15_000;
const highest = 32_000;

/** A TCP port on 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found between ${lowest} and ${highest}`);
}

const leftWithinMs = 10_000;

/** Resolves when nobody listens there any more, or is still there after 10 s: what was killed may take a moment to die, on a busy machine. */
export async function portIsLeft(port: number): Promise<void> {
  const deadline = performance.now() + leftWithinMs;
  while (!(await isFree(port)) && performance.now() < deadline) await delay(20);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
