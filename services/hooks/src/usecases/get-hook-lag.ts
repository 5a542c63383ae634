import type { HookLag } from '@parley/contracts';
import { pageCursors } from '../stores/cursors.ts';
import type { Context } from './context.ts';
import { findHeads } from './find-heads.ts';
import { requireHook } from './view-hooks.ts';

/** @throws AppError `hook_not_found` */
export async function getHookLag(
  context: Context,
  ownerId: string,
  id: string,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ rooms: HookLag[]; after: string | null }> {
  await requireHook(context, ownerId, id);
  const cursors = await pageCursors(context.db, id, { after, limit: limit + 1 });
  const page = cursors.slice(0, limit);
  // A former member is not told how the room goes on.
  const heads = await findHeads(
    context,
    page.filter(({ active }) => active).map(({ roomId }) => roomId),
  );
  const rooms = page.map(({ roomId, seq, active, failures, dueAt }) => ({
    roomId,
    seq,
    head: Math.max(heads.get(roomId) ?? 0, seq),
    active,
    failures,
    nextAttemptAt: dueAt?.toISOString() ?? null,
  }));
  return { rooms, after: cursors.length > limit ? (page.at(-1)?.roomId ?? null) : null };
}
