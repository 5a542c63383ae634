import { z } from 'zod';
import { id, optionalText, pageLimit } from '../schemas/common.ts';
import { profile, profileChanges } from '../schemas/user.ts';
import { operation } from './operation.ts';
import { roomPage, roomPageQuery } from './rooms.ts';

const service = 'directory';
const tag = 'users';
const userParams = z.object({ userId: id });

/** Where a page of people begins: the `nextCursor` of the page before, as it came. */
export const peopleQuery = z.object({ limit: pageLimit(50, 200), cursor: z.string().max(1_000).optional() });

/** People in alphabetical order; `nextCursor: null` at the end. */
export const peoplePage = z.object({ users: z.array(profile), nextCursor: z.string().nullable() });

export const listUsers = operation({
  id: 'listUsers',
  service,
  tag,
  method: 'get',
  path: '/api/v1/users',
  summary: 'Find people',
  description:
    'Those whom the caller may see: people of the same organization (or outside organizations, like the caller), contacts, and people in the same rooms. `search` finds what begins with it, or has a word that does, in the username or the name, without regard to case. People who blocked the caller are not found.',
  query: peopleQuery.extend({ search: optionalText(100).optional() }),
  status: 200,
  response: peoplePage,
});

export const getMyProfile = operation({
  id: 'getMyProfile',
  service,
  tag,
  method: 'get',
  path: '/api/v1/users/me',
  summary: "The caller's own profile",
  status: 200,
  response: profile,
  errors: ['user_not_found'],
});

export const updateMe = operation({
  id: 'updateMe',
  service,
  tag,
  method: 'patch',
  path: '/api/v1/users/me',
  summary: "Change the caller's own profile",
  description: 'Fields that are absent stay as they are; null clears one.',
  body: profileChanges,
  status: 200,
  response: profile,
  errors: ['user_not_found'],
});

export const getUser = operation({
  id: 'getUser',
  service,
  tag,
  method: 'get',
  path: '/api/v1/users/:userId',
  summary: 'One profile',
  params: userParams,
  status: 200,
  response: profile,
  errors: ['user_not_found'],
});

export const listUserRooms = operation({
  id: 'listUserRooms',
  service,
  tag,
  method: 'get',
  path: '/api/v1/users/:userId/rooms',
  summary: 'The rooms that a user belongs to, as far as the caller may see them; newest first',
  params: userParams,
  query: roomPageQuery,
  status: 200,
  response: roomPage,
  errors: ['user_not_found'],
});
