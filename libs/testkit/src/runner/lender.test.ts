import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { borrowProcess } from '../borrow-process.ts';
import { eventually } from '../eventually.ts';
import { queryOnce } from '../query-once.ts';
import { testServices } from '../services.ts';
import { type Lender, startLender } from './lender.ts';

const entry = new URL('../fixtures/patient.ts', import.meta.url);
let lender: Lender;
beforeAll(async () => {
  lender = await startLender(testServices(), { maxIdleMs: 500 });
});
afterAll(() => lender.stop());

const borrow = async (env: Record<string, string> = {}, onSharedServers = false) => {
  const { match, giveBack } = await borrowProcess(
    entry,
    /^ready: (\d+) in (\S+) on (.*)$/,
    { args: [], env, onSharedServers },
    lender.port,
  );
  return { pid: Number(match[1]), folder: match[2] ?? '', database: match[3] ?? '', giveBack };
};
const runs = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a program has one borrower at a time, then goes to the next with the same settings', async () => {
  const [one, two] = [await borrow(), await borrow()];
  expect(two.pid).not.toBe(one.pid);
  expect(two.folder).not.toBe(one.folder);
  expect(readdirSync(one.folder)).toEqual([]);
  one.giveBack();
  const [other, again] = [await borrow({ SETTING: 'other' }), await eventually(async () => sameAs(one.pid))];
  expect(other.pid).not.toBe(one.pid);
  for (const each of [two, other, again]) each.giveBack();
});

/** Until the lender has noticed that it was given back, it lends another. */
async function sameAs(pid: number) {
  const borrowed = await borrow();
  if (borrowed.pid === pid) return borrowed;
  borrowed.giveBack();
  throw new Error(`${borrowed.pid} is not ${pid}`);
}

test('a program that has ended is not lent again, and one that stays free is stopped', async () => {
  const one = await borrow();
  process.kill(one.pid, 'SIGKILL');
  await eventually(() => expect(runs(one.pid)).toBe(false));
  one.giveBack();
  const two = await borrow();
  expect(two.pid).not.toBe(one.pid);
  two.giveBack();
  await eventually(() => expect(runs(two.pid)).toBe(false));
});

test('programs on the run’s servers have a database each, which is dropped when they stop', async () => {
  const [one, two] = await Promise.all([borrow({}, true), borrow({}, true)]);
  expect(two.database).not.toBe(one.database);
  const present = () =>
    queryOnce(
      testServices().databaseUrl,
      `select datname from pg_database where datname in ('${[one, two].map(nameOf).join("','")}')`,
    );
  expect(await present()).toHaveLength(2);
  for (const each of [one, two]) each.giveBack();
  await eventually(async () => expect(await present()).toEqual([]));
});
const nameOf = ({ database }: { database: string }) => new URL(database).pathname.slice(1);

test('a program that does not start is reported to the borrower with its output', async () => {
  const missing = new URL('../fixtures/parent.ts', import.meta.url);
  const borrowing = borrowProcess(
    missing,
    /^child (\d+)/,
    { args: [], env: { NODE_OPTIONS: '--no-such-option' } },
    lender.port,
  );
  await expect(borrowing).rejects.toThrow('no-such-option');
});
