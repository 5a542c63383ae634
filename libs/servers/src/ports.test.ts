import { createServer } from 'node:net';
import { startProcess } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { foundPortTaken, freePort, onFreePorts, PortTakenError, releasePort, serverPorts } from './ports.ts';

const chooser = new URL('./fixtures/choose-ports.ts', import.meta.url);

describe('a free port', () => {
  it('is chosen by only one process, as long as that process lives', async () => {
    // Both choose half of a small range. Without claims they would almost certainly share some.
    const [one, two] = await Promise.all([
      startProcess({ entry: chooser }),
      startProcess({ entry: chooser }),
    ]);
    const chosen: string[] = [];
    for (const process of [one, two])
      chosen.push(...((await process.waitForLine(/^chosen (.*)$/))[1] ?? '').split(' '));
    expect(chosen).toHaveLength(1_000);
    expect(new Set(chosen).size).toBe(1_000);
    await Promise.all([one.stop(), two.stop()]);
  });

  it('is outside the range of outgoing connections', () => {
    expect(serverPorts({ lowest: 32_768, highest: 60_999 })).toEqual({ lowest: 15_000, highest: 32_000 });
    expect(serverPorts({ lowest: 20_000, highest: 65_535 })).toEqual({ lowest: 15_000, highest: 19_999 });
    expect(serverPorts({ lowest: 1_024, highest: 40_000 })).toEqual({ lowest: 40_001, highest: 65_535 });
    // Here every port may be used for outgoing connections.
    expect(serverPorts({ lowest: 1_024, highest: 65_535 })).toEqual({ lowest: 15_000, highest: 32_000 });
  });
});

describe('a server that finds its port taken', () => {
  it('is started again on another port, at most five times', async () => {
    const tried = new Set<number>();
    const start = async ({ main }: { main: number }) => {
      tried.add(main);
      throw new PortTakenError('taken');
    };
    await expect(onFreePorts(['main'], start)).rejects.toThrow('taken');
    expect(tried.size).toBe(5);
  });

  it('is not started again after another failure', async () => {
    let attempts = 0;
    const start = async () => {
      attempts += 1;
      throw new Error('no space left');
    };
    await expect(onFreePorts(['main'], start)).rejects.toThrow('no space left');
    expect(attempts).toBe(1);
  });

  it('is distinguished from one that was killed or failed for another reason', () => {
    const exit = (lastLines: string, signal: NodeJS.Signals | null = null) => ({
      code: 1,
      signal,
      lastLines,
    });
    expect(foundPortTaken(exit('{dist_port_already_used,19339,not_erlang,"localhost"}'))).toBe(true);
    expect(foundPortTaken(exit('could not bind IPv4 address "127.0.0.1": Address already in use'))).toBe(
      true,
    );
    expect(foundPortTaken(exit('', 'SIGKILL'))).toBe(false);
    expect(foundPortTaken(exit('could not write lock file: No space left on device'))).toBe(false);
  });
});

it('a claim does not block a server, because TCP stays free', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  await new Promise((closed) => server.close(closed));
  releasePort(port);
});
