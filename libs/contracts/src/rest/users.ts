import { z } from 'zod';
import { id, optionalText, pageLimit } from '../schemas/common.ts';
import { profile, profileChanges } from '../schemas/user.ts';
import { operation } from './operation.ts';
import { roomPage, roomPageQuery } from './rooms.ts';

const service = 'directory';
const tag = 'users';
const userParams = z.object({ userId: id });

/** The start of a page of people: the `nextCursor` of the previous page. */
export const peopleQuery = z.object({ limit: pageLimit(50, 200), cursor: z.string().max(1_000).optional() });

/** People in alphabetical order; `nextCursor: null` at the end. */
export const peoplePage = z.object({ users: z.array(profile), nextCursor: z.string().nullable() });

export const listUsers = operation({
  id: 'listUsers',
  service,
  tag,
  method: 'get',
  path: '/api/v1/users',
  scope: 'users:read',
  roomsOf: 'none',
  summary: 'Find people',
  description:
    'People whom the caller may see: those of the same organization (for callers without one: ' +
    'other people without one), contacts, and people in the same rooms. `search` matches the ' +
    'beginning of a username, a name, or a word in them, regardless of case and accents. Excludes ' +
    'people who blocked the caller.',
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
  scope: 'users:read',
  roomsOf: 'none',
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
  description: 'Absent fields stay as they are; null clears a field.',
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
  scope: 'users:read',
  roomsOf: 'none',
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
  scope: 'rooms:read',
  summary: 'Rooms of a user that the caller may see, newest first',
  params: userParams,
  query: roomPageQuery,
  status: 200,
  response: roomPage,
  errors: ['user_not_found'],
});
