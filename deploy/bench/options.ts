import { parseArgs } from 'node:util';
import { StartError } from '@parley/runtime';
import { type TargetName, targetNames } from './targets/target.ts';

/**
 * In the order of measurement: memory comes first, because it needs a server that has done nothing
 * yet.
 */
const testNames = ['idle', 'throughput', 'latency', 'resume', 'history'] as const;
export type TestName = (typeof testNames)[number];

/** Durations and amounts. */
export interface Sizes {
  warmUpMs: number;
  /** Of a target's first phase: until its code is compiled and its statements are planned. */
  firstWarmUpMs: number;
  measureMs: number;
  /** Memory is compared between these numbers of connections. */
  idleConnections: readonly [few: number, many: number];
  /** Pause before each reading of memory; there are at least two readings. */
  settleMs: number;
  /** Numbers of messages in the rooms whose history is read. */
  historyMessages: readonly [short: number, long: number];
  historyPages: number;
  /** How often a person resumes. */
  resumes: number;
  /** Maximum wait before a measurement until earlier work is finished. */
  quietWithinMs: number;
}

const quick: Sizes = {
  warmUpMs: 1_500,
  firstWarmUpMs: 15_000,
  measureMs: 4_000,
  idleConnections: [500, 2_000],
  settleMs: 2_000,
  historyMessages: [10_000, 200_000],
  historyPages: 200,
  resumes: 20,
  quietWithinMs: 30_000,
};
const full: Sizes = {
  warmUpMs: 5_000,
  firstWarmUpMs: 60_000,
  measureMs: 20_000,
  idleConnections: [500, 2_000],
  settleMs: 10_000,
  historyMessages: [10_000, 1_000_000],
  historyPages: 1_000,
  resumes: 20,
  quietWithinMs: 30_000,
};

export interface BenchOptions {
  sizes: Sizes;
  mode: 'quick' | 'full';
  targets: readonly TargetName[];
  /** Measures the points of growth (`scale/`), only if they are named. */
  scale: boolean;
  /** Messages of the search that is measured, only if it is named. */
  searchMessages: number | undefined;
  tests: readonly TestName[];
  /** How often every target is measured, in turn. */
  runs: number;
  /** Also writes the tables into the README. */
  write: boolean;
}

const scaleName = 'scale';
const searchName = 'search';

/** @throws StartError with the usage */
export function parseOptions(args: readonly string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        full: { type: 'boolean', default: false },
        only: { type: 'string' },
        tests: { type: 'string' },
        runs: { type: 'string', default: '3' },
        messages: { type: 'string', default: '1000000' },
        write: { type: 'boolean', default: false },
      },
    });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is a whole number, at least 1.`);
    const messages = Number(values.messages);
    if (!Number.isInteger(messages) || messages < 100_000)
      throw new Error(`--messages is a whole number, at least 100000.`);
    const only = chosen(values.only, [...targetNames, scaleName, searchName]);
    return {
      sizes: values.full ? full : quick,
      mode: values.full ? 'full' : 'quick',
      targets: targetNames.filter((name) => only.includes(name)),
      scale: values.only !== undefined && only.includes(scaleName),
      searchMessages: values.only !== undefined && only.includes(searchName) ? messages : undefined,
      tests: chosen(values.tests, testNames),
      runs,
      write: values.write,
    };
  } catch (error) {
    const usage =
      `Usage: npm run bench -- [--full] [--write] [--runs 3] [--only ${targetNames.join(',')},` +
      `${scaleName},${searchName}]` +
      ' [--messages 1000000]' +
      ` [--tests ${testNames.join(',')}]`;
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}

/** The named items, in the order of `all`. */
function chosen<Name extends string>(list: string | undefined, all: readonly Name[]): readonly Name[] {
  if (list === undefined) return all;
  const named = list.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !all.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}.`);
  return all.filter((name) => named.includes(name));
}
