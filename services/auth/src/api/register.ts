import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { register } from '../usecases/register.ts';
import { deviceOf, tokensView } from './views.ts';

export const registerRoute = (context: AuthContext) =>
  route(authApi.register, async ({ body, request }) =>
    tokensView(await register(context)({ ...body, contract: 'rooms', device: deviceOf(request) })),
  );
