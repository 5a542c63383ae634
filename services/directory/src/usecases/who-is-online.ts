import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { chunks } from '@parley/runtime/async';
import type { Viewer } from '../domain/viewer.ts';
import { blocksAmong } from '../stores/blocks.ts';
import type { Context } from './context.ts';

/** Maximum number of users per call. */
const maxAsked = 200;

/**
 * Which of the users are online, except for those with a block between them and the viewer. If the
 * gateways are unavailable, none are.
 */
export async function whoIsOnline(
  { bus, db }: Context,
  viewer: Viewer,
  userIds: readonly string[],
): Promise<Set<string>> {
  const blocks = await blocksAmong(db, viewer.userId, userIds);
  const shown = userIds.filter((id) => !blocks.has(id));
  if (shown.length === 0) return new Set();
  try {
    const replies = chunks(shown, maxAsked).map((userIds) => ask(bus, calls.getPresence, { userIds }));
    return new Set((await Promise.all(replies)).flatMap(({ online }) => online));
  } catch (error) {
    if (AppError.from(error).retryable) return new Set();
    throw error;
  }
}
