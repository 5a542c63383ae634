import type { Member } from '@parley/contracts';
import { decodeMoment, momentOf, pageOf } from '../domain/cursor.ts';
import type { Viewer } from '../domain/viewer.ts';
import * as members from '../stores/members.ts';
import type { Context } from './context.ts';
import type { PageRequest } from './people-page.ts';
import { requireMember } from './room-access.ts';

/** In the order they joined. Members only. */
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

/** Enough to show who is there; all of them: `listMembers`. */
const shownPerRoom = 100;

/** The longest-standing members of each room, in the order they joined. That the viewer may see them is the asker's to check. */
export const firstMembersOf = ({ db }: Context, roomIds: readonly string[]): Promise<Member[]> =>
  members.firstMembersOf(db, roomIds, shownPerRoom);
