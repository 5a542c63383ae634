import { decodeCursor } from '../domain/cursor.ts';
import { searchPrefix } from '../domain/search-terms.ts';
import type { Viewer } from '../domain/viewer.ts';
import { searchUsers } from '../stores/user-search.ts';
import type { Context } from './context.ts';
import { type PageRequest, type PeoplePage, peoplePage } from './people-page.ts';

export async function listUsers(
  { db }: Context,
  viewer: Viewer,
  { search = '', limit, cursor }: PageRequest & { search?: string | undefined },
): Promise<PeoplePage> {
  const found = await searchUsers(db, { viewer, prefix: searchPrefix(search), after: decodeCursor(cursor), limit: limit + 1 });
  return peoplePage(db, found, limit);
}
