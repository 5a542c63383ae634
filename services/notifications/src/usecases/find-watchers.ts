import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
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
    for (let first = 0; first < watches.length; first += watchesPerCall) {
      const question = { watches: watches.slice(first, first + watchesPerCall) };
      const { watching } = await ask(bus, calls.getWatchers, question, { timeoutMs });
      for (const watch of watching) found.add(keyOf(watch));
    }
  } catch (error) {
    logger.debug({ err: error }, 'no gateway answered which users are watching; notifying all of them');
  }
  return (watch) => found.has(keyOf(watch));
}

const keyOf = ({ roomId, userId }: Watch): string => `${roomId} ${userId}`;
