import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import type { Context } from './context.ts';

export interface Watch {
  roomId: string;
  userId: string;
}

const watchesPerCall = 1_000;
/** Short, because a needless notification is better than a delayed inbox. */
const timeoutMs = 500;

/**
 * Finds users who are viewing a room and therefore need no notification of its messages. Never
 * rejects: if no gateway answers, nobody counts as watching.
 */
export async function findWatchers(
  { bus, logger }: Context,
  watches: readonly Watch[],
): Promise<(watch: Watch) => boolean> {
  const found = new Set<string>();
  try {
    for (const some of chunks(watches, watchesPerCall)) {
      const { watching } = await ask(bus, calls.getWatchers, { watches: some }, { timeoutMs });
      for (const watch of watching) found.add(keyOf(watch));
    }
  } catch (error) {
    logger.debug({ err: error }, 'no gateway answered which users are watching; notifying all of them');
  }
  return (watch) => found.has(keyOf(watch));
}

const keyOf = ({ roomId, userId }: Watch): string => `${roomId} ${userId}`;
