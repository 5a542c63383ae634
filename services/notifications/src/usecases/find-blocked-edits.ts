import type { Message } from '@parley/contracts';
import { findViewers, type HiddenMessage } from '../stores/hidden-messages.ts';
import type { Context } from './context.ts';
import { findBlocks } from './find-blocks.ts';

/**
 * Edited messages that disappear from an inbox, since there is a block with the author by now: an
 * edit must not reach that user, and the earlier text is outdated.
 */
export async function findBlockedEdits(
  context: Context,
  edited: readonly Message[],
): Promise<HiddenMessage[]> {
  if (edited.length === 0) return [];
  const authors = new Map(edited.map(({ id, userId }) => [id, userId]));
  const authorOf = ({ id }: HiddenMessage) => authors.get(id) ?? '';
  const viewers = await findViewers(context.db, edited);
  const isBlocked = await findBlocks(
    context,
    viewers.map((viewer) => [authorOf(viewer), viewer.userId]),
  );
  return viewers.filter((viewer) => isBlocked(authorOf(viewer), viewer.userId));
}
