import { decodeMoment, momentOf, pageOf, type RoomBan } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { pageBans } from '../stores/bans.ts';
import type { Context } from './context.ts';
import type { PageRequest } from './people-page.ts';
import { requireManager } from './room-access.ts';

/** Newest first. For owners and admins. */
export async function listBans(
  { db }: Context,
  viewer: Viewer,
  roomId: string,
  { limit, cursor }: PageRequest,
): Promise<{ bans: RoomBan[]; nextCursor: string | null }> {
  await requireManager(db, viewer, roomId);
  const found = await pageBans(db, roomId, { before: decodeMoment(cursor), limit: limit + 1 });
  const { rows, nextCursor } = pageOf(found, limit, (ban) => momentOf(ban.createdAt, ban.userId));
  return { bans: rows, nextCursor };
}
