import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { logIn } from '../usecases/log-in.ts';
import { deviceOf, tokensView } from './views.ts';

export const logInRoute = (context: AuthContext) =>
  route(authApi.logIn, async ({ body, request }) => {
    const login = body.email ?? body.username ?? body.login ?? '';
    return tokensView(
      await logIn(context)({ login, password: body.password, contract: 'rooms', device: deviceOf(request) }),
    );
  });
