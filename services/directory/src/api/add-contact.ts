import { contactsApi } from '@parley/contracts';
import { route } from '@parley/http';
import { addContact } from '../usecases/add-contact.ts';
import type { Context } from '../usecases/context.ts';

export const addContactRoute = (context: Context) =>
  route(contactsApi.addContact, ({ caller, params }) => addContact(context, caller, params.userId));
