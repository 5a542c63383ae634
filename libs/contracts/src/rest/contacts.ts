import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { profile } from '../schemas/user.ts';
import { operation } from './operation.ts';
import { peoplePage, peopleQuery } from './users.ts';

const service = 'directory';
const tag = 'contacts';
const userParams = z.object({ userId: id });

export const listContacts = operation({
  id: 'listContacts',
  service,
  tag,
  method: 'get',
  path: '/api/v1/contacts',
  summary: "The caller's contacts",
  query: peopleQuery,
  status: 200,
  response: peoplePage,
});

export const addContact = operation({
  id: 'addContact',
  service,
  tag,
  method: 'put',
  path: '/api/v1/contacts/:userId',
  summary: 'Add a contact; idempotent',
  params: userParams,
  status: 200,
  response: profile,
  errors: ['self_reference', 'user_not_found', 'blocked', 'limit_reached'],
});

export const removeContact = operation({
  id: 'removeContact',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/contacts/:userId',
  summary: 'Remove a contact; idempotent',
  params: userParams,
  status: 204,
});
