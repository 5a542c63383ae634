import { startProcess } from '@parley/testkit';
import { expect, test } from 'vitest';

const entry = new URL('../../faults/main.ts', import.meta.url);

async function expectWholesome(...args: string[]): Promise<void> {
  const faults = await startProcess({ entry, args });
  const { code } = await faults.ended(280_000);
  expect(code, faults.output()).toBe(0);
}

test('all promises: under random faults no client of any kind sees an inconsistency (seed 7)', async () => {
  await expectWholesome('--seconds', '20', '--seed', '7', '--rate', '80', '--people', '2');
}, 300_000);

test('promise 9: a rolling restart of every service under load loses and refuses nothing', async () => {
  await expectWholesome('--plan', 'rolling-restart', '--seed', '8', '--rate', '60', '--people', '2');
}, 300_000);
