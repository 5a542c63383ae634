import type { LimitName } from '@parley/errors';
import type { Rate } from './config.ts';

const units: readonly (readonly [string, number])[] = [
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
];

function inWords(windowMs: number): string {
  const [unit, unitMs] = units.find(([, ms]) => windowMs % ms === 0) ?? ['millisecond', 1];
  return windowMs === unitMs ? unit : `${windowMs / unitMs} ${unit}s`;
}

/**
 * Describes a rate for error texts and the startup summary.
 * @param per what each budget belongs to: `['address']` gives `30 per hour and address`
 */
export function nameRate(setting: string, rate: Rate | 'off', per: readonly string[]): LimitName {
  if (rate === 'off') return { limit: 'any number', setting };
  const all = [inWords(rate.windowMs), ...per];
  return {
    limit: `${rate.limit} per ${all.slice(0, -1).join(', ')}${all.length > 1 ? ' and ' : ''}${all.at(-1)}`,
    setting,
  };
}

/** A maximum, and how an error describes it. */
export interface Maximum extends LimitName {
  max: number;
}

/** @param what such as `members per room` */
export const maximum = (setting: string, max: number, what: string): Maximum => ({
  max,
  limit: `${max} ${what}`,
  setting,
});
