import { contactsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listPeople } from '../usecases/list-people.ts';

export const listContactsRoute = (context: Context) =>
  route(contactsApi.listContacts, ({ caller, query }) => listPeople(context, caller, 'contacts', query));
