import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { userErased } from './user-erased.ts';
import { userOrganizationChanged } from './user-organization-changed.ts';
import { userRegistered } from './user-registered.ts';
import { userRenamed } from './user-renamed.ts';

export const consumeAuth = (context: Context): Promise<Consumer> =>
  context.bus.consume('auth', 'directory', async (envelopes) => {
    for (const envelope of envelopes) {
      const event = parseEvent(envelope);
      if (event?.type === 'user.registered') await userRegistered(context, event);
      if (event?.type === 'user.renamed') await userRenamed(context, event);
      if (event?.type === 'user.organization_changed') await userOrganizationChanged(context, event);
      if (event?.type === 'user.erased') await userErased(context, event);
    }
  });
