import { contactsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { addContact } from '../usecases/add-contact.ts';
import type { Context } from '../usecases/context.ts';
import { listPeople } from '../usecases/list-people.ts';
import { removeContact } from '../usecases/remove-contact.ts';

export const contactRoutes = (context: Context): Route[] => [
  route(contactsApi.listContacts, ({ caller, query }) => listPeople(context, caller, 'contacts', query)),
  route(contactsApi.addContact, ({ caller, params }) => addContact(context, caller, params.userId)),
  route(contactsApi.removeContact, ({ caller, params }) => removeContact(context, caller, params.userId)),
];
