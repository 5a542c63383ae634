import { decodeCursor, type Profile, type UserName } from '@parley/contracts';
import { searchPrefix } from '../domain/search-terms.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findUserNames, pageProfiles } from '../stores/profiles.ts';
import { searchUsers } from '../stores/user-search.ts';
import type { Context } from './context.ts';
import { type FindUsers, type PageRequest, type PeoplePage, peoplePage } from './people-page.ts';

type UsersRequest = PageRequest & { search?: string | undefined };

const list =
  <User extends { id: string }>(find: FindUsers<User>) =>
  async (
    { db }: Context,
    viewer: Viewer,
    { search = '', limit, cursor }: UsersRequest,
  ): Promise<PeoplePage<User>> => {
    const prefix = searchPrefix(search);
    const found = await searchUsers(db, { viewer, prefix, after: decodeCursor(cursor), limit: limit + 1 });
    return peoplePage(db, found, limit, find);
  };

export const listUsers = list<Profile>(pageProfiles);
/** Like `listUsers`, but without the rest of the profiles. */
export const listUserNames = list<UserName>(findUserNames);
