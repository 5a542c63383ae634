import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { signal } from './kill.ts';
import { type Dependency, dependencies, liveThrough } from './outage.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await startStackTarget();
});
afterAll(() => target.stop());

const awayMs = 10_000;
const pidsOf = async (dependency: Dependency) => (await target.pids())[dependency] ?? [];

test.each(dependencies)(
  'promise 10: %s frozen for 10 s under load: clear retryable errors in time, no process dies, nothing acknowledged is lost, and within 10 s of its return all is well',
  (dependency) =>
    liveThrough(target, dependency, async () => {
      // Once more: it may have started a process of its own while we asked.
      for (const _time of [1, 2]) signal(await pidsOf(dependency), 'SIGSTOP');
      await delay(awayMs);
      signal(await pidsOf(dependency), 'SIGCONT');
    }),
  100_000,
);
