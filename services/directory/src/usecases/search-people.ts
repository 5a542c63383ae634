import type { UserName } from '@parley/contracts';
import { searchPrefix } from '../domain/search-terms.ts';
import type { Viewer } from '../domain/viewer.ts';
import { countFriends, searchFriends as findFriends } from '../stores/friends.ts';
import { findUserNames } from '../stores/profiles.ts';
import { countUsers, searchUsers } from '../stores/user-search.ts';
import type { Context } from './context.ts';
import { inOrder } from './people-page.ts';

interface NumberedRequest {
  search?: string | undefined;
  /** From 1. */
  page: number;
  limit: number;
}

export interface NumberedPage {
  users: UserName[];
  total: number;
}

/** Limits the count and the pages, because each page costs more than the one before. */
const maxFound = 10_000;

/** The users that the viewer may see, except the viewer. */
export async function searchPeople(
  { db }: Context,
  viewer: Viewer,
  request: NumberedRequest,
): Promise<NumberedPage> {
  const prefix = searchPrefix(request.search ?? '');
  const search = { viewer, prefix, except: viewer.userId };
  const [ids, total] = await Promise.all([
    within(request, async (range) => (await searchUsers(db, { ...search, ...range })).map(({ id }) => id)),
    countUsers(db, { ...search, limit: maxFound }),
  ]);
  return { users: inOrder(ids, await findUserNames(db, ids)), total };
}

/** The viewer's friends, alphabetically. */
export async function searchFriends(
  { db }: Context,
  { userId }: Viewer,
  request: NumberedRequest,
): Promise<NumberedPage> {
  const search = { userId, prefix: searchPrefix(request.search ?? '') };
  const [ids, total] = await Promise.all([
    within(request, (range) => findFriends(db, { ...search, ...range })),
    countFriends(db, search),
  ]);
  return { users: inOrder(ids, await findUserNames(db, ids)), total };
}

type Range = { offset: number; limit: number };

async function within(
  { page, limit }: NumberedRequest,
  find: (range: Range) => Promise<string[]>,
): Promise<string[]> {
  const offset = (page - 1) * limit;
  return offset >= maxFound ? [] : find({ offset, limit });
}
