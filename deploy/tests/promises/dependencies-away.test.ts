import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, test } from 'vitest';
import { borrowStackWithServers, type StackTarget } from '../whole-stack/start-targets.ts';
import { signal } from './kill.ts';
import { type Dependency, dependencies, liveThrough } from './outage.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await borrowStackWithServers();
});
afterAll(() => target.stop());

const frozenMs = 10_000;
/** Several kills, with growing pauses before the restarts. */
const killedMs = 5_000;
const present = async (dependency: Dependency) => (await target.pids())[dependency] ?? [];

test.each(dependencies)(
  'promise 10: %s frozen under load: retryable errors, no loss, full recovery within 10 s',
  (dependency) =>
    liveThrough(target, dependency, async () => {
      // Once more, because it may have started a process in the meantime.
      for (const _time of [1, 2]) signal(await present(dependency), 'SIGSTOP');
      await pause(frozenMs);
      signal(await present(dependency), 'SIGCONT');
    }),
);

test.each(dependencies)(
  'promise 10: %s killed repeatedly under load: retryable errors, no loss, recovery within 10 s',
  (dependency) => liveThrough(target, dependency, () => killFor(dependency, killedMs)),
);

/** The stack restarts it whenever it dies. Resolves when it is back after the last kill. */
async function killFor(dependency: Dependency, ms: number): Promise<void> {
  const killed = new Set<number>();
  for (const until = performance.now() + ms; performance.now() < until; await pause(100)) {
    const pids = await present(dependency);
    signal(pids, 'SIGKILL');
    for (const pid of pids) killed.add(pid);
  }
  await eventually(
    async () => {
      const pids = await present(dependency);
      if (pids.length === 0 || pids.some((pid) => killed.has(pid)))
        throw new Error(`${dependency} is not back`);
    },
    { timeoutMs: 60_000 },
  );
}
