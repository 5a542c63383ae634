import type { PagePosition, UserName } from '@parley/contracts';
import type { PageStart } from '@parley/database';
import { searchPrefix } from '../domain/search-terms.ts';
import type { Viewer } from '../domain/viewer.ts';
import { countFriends, searchFriends as findFriends } from '../stores/friends.ts';
import { readNumberedPage } from '../stores/numbered-pages.ts';
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

/** Limits the count and the pages, because a counted page costs more than the one before. */
const maxFound = 10_000;

/** The users that the viewer may see, except the viewer. */
export async function searchPeople(
  context: Context,
  viewer: Viewer,
  request: NumberedRequest,
): Promise<NumberedPage> {
  const prefix = searchPrefix(request.search ?? '');
  const search = { viewer, prefix, except: viewer.userId };
  const [ids, total] = await Promise.all([
    within(context, viewer, 'users', request, ({ after, offset }, limit) =>
      searchUsers(context.db, { ...search, after, offset, limit }),
    ),
    countUsers(context.db, { ...search, limit: maxFound }),
  ]);
  return { users: inOrder(ids, await findUserNames(context.db, ids)), total };
}

/** The viewer's friends, alphabetically. */
export async function searchFriends(
  context: Context,
  viewer: Viewer,
  request: NumberedRequest,
): Promise<NumberedPage> {
  const search = { userId: viewer.userId, prefix: searchPrefix(request.search ?? '') };
  const [ids, total] = await Promise.all([
    within(context, viewer, 'friends', request, (start, limit) =>
      findFriends(context.db, { ...search, start, limit }),
    ),
    countFriends(context.db, search),
  ]);
  return { users: inOrder(ids, await findUserNames(context.db, ids)), total };
}

async function within(
  { db }: Context,
  reader: Viewer,
  list: 'users' | 'friends',
  { search, page, limit }: NumberedRequest,
  find: (start: PageStart<PagePosition>, limit: number) => Promise<PagePosition[]>,
): Promise<string[]> {
  const offset = (page - 1) * limit;
  if (offset >= maxFound) return [];
  const found = await readNumberedPage(
    db,
    { reader, list: [list, search], offset, limit },
    (start: PageStart<PagePosition>) => find(start, limit),
    (positions) => positions[limit - 1],
  );
  return found.map(({ id }) => id);
}
