import { connect } from 'node:net';
import { StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { ChildGroup } from './child-group.ts';
import { foundPortTaken, PortTakenError } from './ports.ts';
import { listensOn } from './process-table.ts';

/**
 * Polls until the server answers on its port. If another server holds the port and answers instead,
 * ours is about to end. When this rejects, the caller must `end()` the server.
 * @throws PortTakenError when it ends because a port is taken
 * @throws StartError with its last log lines when it ends for another reason or does not answer in
 * time
 */
export async function untilReady(
  name: string,
  group: ChildGroup,
  answers: () => Promise<void>,
  options: { port: number; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    options.signal.throwIfAborted();
    if (!group.running) {
      const exit = await group.exited;
      const { code, signal, lastLines } = exit;
      const Problem = foundPortTaken(exit) ? PortTakenError : StartError;
      throw new Problem(`${name} ended while starting (${signal ?? `exit code ${code}`}):\n${lastLines}`);
    }
    try {
      await answers();
      if (listensOn(group.processes(), options.port)) return;
      throw new Error('another server has its port');
    } catch (error) {
      if (performance.now() > deadline) {
        const limit = `${options.timeoutMs / 1000} s`;
        throw new StartError(
          `${name} did not answer within ${limit} (${String(error)}):\n${group.lastLines()}`,
        );
      }
    }
    await pause(20);
  }
}

/** Sends a greeting. Resolves when the answer starts with the expected bytes, or matches. */
export async function greet(
  port: number,
  greeting: string | Buffer,
  expected: string | RegExp,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 });
    socket.once('connect', () => socket.write(greeting));
    socket.once('data', (data) => {
      const text = data.toString('latin1');
      if (typeof expected === 'string' ? text.startsWith(expected) : expected.test(text)) resolve();
      else reject(new Error(`unexpected answer ${JSON.stringify(text.slice(0, 40))}`));
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('connection closed')));
  });
}
