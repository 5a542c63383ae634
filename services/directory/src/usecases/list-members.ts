import { decodeMoment, type Member, momentOf, pageOf } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import * as members from '../stores/members.ts';
import type { Context } from './context.ts';
import type { PageRequest } from './people-page.ts';
import { requireMember } from './room-access.ts';

/** In the order they joined. For members. */
export async function listMembers(
  { db }: Context,
  viewer: Viewer,
  roomId: string,
  { limit, cursor }: PageRequest,
): Promise<{ members: Member[]; nextCursor: string | null }> {
  await requireMember(db, viewer, roomId);
  const found = await members.pageMembers(db, roomId, { after: decodeMoment(cursor), limit: limit + 1 });
  const { rows, nextCursor } = pageOf(found, limit, (member) => momentOf(member.joinedAt, member.userId));
  return { members: rows, nextCursor };
}

const shown = { perRoom: 1_000, inAll: 20_000 };

/**
 * The members of each room who joined first, in that order: at most 1,000 per room, and fewer if
 * there are many rooms. The caller must check that the viewer may see them.
 */
export async function firstMembersOf(
  { db }: Context,
  roomIds: readonly string[],
): Promise<Map<string, Member[]>> {
  const byRoom = new Map<string, Member[]>(roomIds.map((id) => [id, []]));
  if (roomIds.length === 0) return byRoom;
  const each = Math.min(shown.perRoom, Math.floor(shown.inAll / roomIds.length));
  for (const member of await members.firstMembersOf(db, roomIds, each))
    byRoom.get(member.roomId)?.push(member);
  return byRoom;
}
