import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { signal } from './kill.ts';
import { dependencies, liveThrough } from './outage.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await startStackTarget();
}, 120_000);
afterAll(() => target.stop());

const awayMs = 10_000;

test.each(dependencies)(
  'promise 10: %s frozen for 10 s under load: clear retryable errors in time, no process dies, nothing acknowledged is lost, and within 10 s of its return all is well',
  (dependency) =>
    liveThrough(target, dependency, async () => {
      const { [dependency]: pids = [] } = await target.pids();
      signal(pids, 'SIGSTOP');
      await delay(awayMs);
      signal(pids, 'SIGCONT');
    }),
  100_000,
);
