import { contactsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { removeContact } from '../usecases/remove-contact.ts';

export const removeContactRoute = (context: Context) =>
  route(contactsApi.removeContact, async ({ caller, params }) => {
    await removeContact(context, caller, params.userId);
    return undefined;
  });
