import type { FriendRequest } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { listPending } from '../stores/friend-requests.ts';
import type { Context } from './context.ts';

export async function listFriendRequests(
  { db }: Context,
  viewer: Viewer,
  {
    direction,
    limit,
    cursor,
  }: { direction: 'incoming' | 'outgoing' | 'both'; limit: number; cursor?: string | undefined },
): Promise<{ requests: FriendRequest[]; nextCursor: string | null }> {
  const found = await listPending(db, viewer.userId, { direction, before: cursor, limit: limit + 1 });
  const requests = found.slice(0, limit);
  return { requests, nextCursor: found.length > limit ? (requests.at(-1)?.id ?? null) : null };
}
