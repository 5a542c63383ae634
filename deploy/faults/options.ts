import { parseArgs } from 'node:util';
import { StartError } from '@parley/runtime';
import { z } from 'zod';
import { parts } from './storm.ts';

const number = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

const list = <Item extends string>(items: readonly Item[]) =>
  z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .pipe(z.array(z.enum(items)).min(1));

const schema = z.object({
  /** Duration of the faults. Settling and checking come after. */
  seconds: number(60, 5, 86_400),
  /**
   * `storm`: kills, freezes and stops, for `seconds`. `rolling-restart`: stops every process of
   * every service in turn, as a deployment does. Several, separated by commas, follow each other.
   */
  plan: list(['storm', 'rolling-restart']).default(['storm']),
  /** Determines the schedule of faults and of messages. */
  seed: number(1, 0, 2 ** 31),
  /** Messages per second that the cast tries to send. */
  rate: number(260, 1, 5_000),
  /** Number of people per kind of player. */
  people: number(3, 1, 50),
  gateways: number(2, 1, 20),
  messages: number(2, 1, 20),
  /** Parts to hit, for example `--only gateway,redis`. @default all */
  only: list(parts).default([...parts]),
  /** File for the result as JSON. @default none */
  json: z.string().optional(),
});
export type FaultOptions = z.output<typeof schema>;

/** @throws StartError with the usage */
export function parseOptions(args: readonly string[]): FaultOptions {
  const flags = Object.keys(schema.shape);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(flags.map((flag) => [flag, { type: 'string' }])),
    });
    return schema.parse(values);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String((error as Error).message);
    throw new StartError(
      `${reason}\nUsage: npm run faults -- ${flags.map((flag) => `[--${flag} …]`).join(' ')}`,
    );
  }
}
