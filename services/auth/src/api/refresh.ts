import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { refresh } from '../usecases/refresh.ts';
import { deviceOf, tokensView } from './views.ts';

export const refreshRoute = (context: AuthContext) =>
  route(authApi.refresh, async ({ body, request }) =>
    tokensView(await refresh(context)({ ...body, device: deviceOf(request) })),
  );
