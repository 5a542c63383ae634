import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, test } from 'vitest';
import { type OwnStackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { signal } from './kill.ts';
import { type Dependency, dependencies, liveThrough } from './outage.ts';

let target: OwnStackTarget;
beforeAll(async () => {
  target = await startStackTarget();
});
afterAll(() => target.stop());

const awayMs = 10_000;
const present = async (dependency: Dependency) => (await target.pids())[dependency] ?? [];

test.each(dependencies)(
  'promise 10: %s frozen for 10 s under load: clear retryable errors in time, no process dies, nothing acknowledged is lost, and within 10 s of its return all is well',
  (dependency) =>
    liveThrough(target, dependency, async () => {
      // Once more: it may have started a process of its own while we asked.
      for (const _time of [1, 2]) signal(await present(dependency), 'SIGSTOP');
      await delay(awayMs);
      signal(await present(dependency), 'SIGCONT');
    }),
);

test.each(dependencies)(
  'promise 10: %s killed, and again whenever it comes up, for 10 s under load: clear retryable errors in time, no process dies, nothing acknowledged is lost, and within 10 s of its return all is well',
  (dependency) => liveThrough(target, dependency, () => killFor(dependency, awayMs)),
);

/** The stack starts it again whenever it dies. Resolves when it is back after the last time. */
async function killFor(dependency: Dependency, ms: number): Promise<void> {
  const killed = new Set<number>();
  for (const until = performance.now() + ms; performance.now() < until; await delay(20)) {
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
