import { parseArgs } from 'node:util';
import { StartError } from '@parley/runtime';
import { type TargetName, targetNames } from './targets/target.ts';

/** In the order in which they are taken: what memory costs is measured on a server that has done nothing yet. */
export const testNames = ['idle', 'throughput', 'latency', 'resume', 'history'] as const;
export type TestName = (typeof testNames)[number];

/** How long and how much. */
export interface Sizes {
  warmUpMs: number;
  measureMs: number;
  /** Memory is compared at these numbers of connections. */
  idleConnections: readonly [few: number, many: number];
  /** How long memory is left to settle before each reading; there are two or more. */
  settleMs: number;
  /** Pages of history are read in rooms of so many messages. */
  historyMessages: readonly [short: number, long: number];
  historyPages: number;
}

const quick: Sizes = {
  warmUpMs: 1_500,
  measureMs: 4_000,
  idleConnections: [500, 2_000],
  settleMs: 2_000,
  historyMessages: [10_000, 200_000],
  historyPages: 200,
};
const full: Sizes = {
  warmUpMs: 5_000,
  measureMs: 20_000,
  idleConnections: [500, 2_000],
  settleMs: 10_000,
  historyMessages: [10_000, 1_000_000],
  historyPages: 1_000,
};

export interface BenchOptions {
  sizes: Sizes;
  mode: 'quick' | 'full';
  targets: readonly TargetName[];
  tests: readonly TestName[];
  /** Puts the tables into the README, too. */
  write: boolean;
}

/** @throws StartError that says how it is used */
export function parseOptions(args: readonly string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        full: { type: 'boolean', default: false },
        only: { type: 'string' },
        tests: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    });
    return {
      sizes: values.full ? full : quick,
      mode: values.full ? 'full' : 'quick',
      targets: chosen(values.only, targetNames),
      tests: chosen(values.tests, testNames),
      write: values.write,
    };
  } catch (error) {
    const usage = `Usage: npm run bench -- [--full] [--write] [--only ${targetNames.join(',')}] [--tests ${testNames.join(',')}]`;
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}

/** Those that are named, in the order of all. */
function chosen<Name extends string>(list: string | undefined, all: readonly Name[]): readonly Name[] {
  if (list === undefined) return all;
  const named = list.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !all.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.`);
  return all.filter((name) => named.includes(name));
}
