import { authApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { getJwks } from '../usecases/get-jwks.ts';

export const signingKeyRoutes = (context: Context): Route[] => [
  route(authApi.getJwks, () => getJwks(context)),
];
