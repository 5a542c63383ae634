import { startProcess } from '@parley/testkit';
import { expect, test } from 'vitest';

const entry = new URL('../../faults/main.ts', import.meta.url);

// Promise 9 and then all others, in one run: starting the system takes as long as the faults. The
// rate is low, because the faults matter.
const plan = ['--plan', 'rolling-restart,storm', '--seconds', '20', '--seed', '7'];
/** Each restarted process and broker opens every queue again. */
const env = { TIMELINE_PARTITIONS: '8' };

test('promise 9 and all others: a rolling restart, then faults cause no inconsistency (seed 7)', async () => {
  const faults = await startProcess({ entry, env, args: [...plan, '--rate', '20', '--people', '2'] });
  const { code } = await faults.ended(280_000);
  expect(code, faults.output()).toBe(0);
}, 300_000);
