import type { Route } from '@parley/http';
import { groupsRoutes } from '../contracts/groups.ts';
import { sharedAuthRoutes } from '../contracts/shared-auth.ts';
import type { Context } from '../usecases/context.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { botRoutes } from './bots.ts';
import { meRoutes } from './me.ts';
import { organizationRoutes } from './organizations.ts';
import { sessionRoutes } from './sessions.ts';
import { signingKeyRoutes } from './signing-keys.ts';

/** Every endpoint of this service: a table per resource, then the client contracts. */
export const authRoutes = (context: Context): Route[] => [
  ...sessionRoutes(context),
  ...meRoutes(context),
  ...signingKeyRoutes(context),
  ...organizationRoutes(context),
  ...apiKeyRoutes(context),
  ...botRoutes(context),
  ...sharedAuthRoutes(context),
  ...groupsRoutes(context),
];
