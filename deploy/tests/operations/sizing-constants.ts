import { readFileSync } from 'node:fs';

/** The chapters about sizes. */
export const operations = readFileSync(new URL('../../operations.md', import.meta.url), 'utf8');

const constants = Object.fromEntries(
  [...operations.matchAll(/^\| `(\w+)` \| ([\d.]+) \|/gm)].map(([, name = '', value]) => [
    name,
    Number(value),
  ]),
);

/** A constant of operations.md, "Sizing". */
export function constant(name: string): number {
  const value = constants[name];
  if (value === undefined) throw new Error(`operations.md has no constant ${name}`);
  return value;
}
