import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import type { Context } from './context.ts';

export type Pair = [string, string];

const pairsPerCall = 1_000;

/**
 * Finds pairs of users with a block between them, in either direction: neither is notified of the
 * other's messages. Rejects while the directory does not answer, so that the batch is repeated.
 */
export async function findBlocks(
  { bus }: Context,
  pairs: readonly Pair[],
): Promise<(...pair: Pair) => boolean> {
  const asked = [...new Map(pairs.map((pair) => [keyOf(pair), pair])).values()];
  const found = new Set<string>();
  for (const some of chunks(asked, pairsPerCall)) {
    const { pairs: blocked } = await ask(bus, calls.getBlocks, { pairs: some });
    for (const pair of blocked) found.add(keyOf(pair));
  }
  return (...pair) => found.has(keyOf(pair));
}

const keyOf = (pair: Pair): string => pair.join(' ');
