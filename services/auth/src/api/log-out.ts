import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { logOut } from '../usecases/revoke-sessions.ts';

export const logOutRoute = (context: AuthContext) =>
  route(authApi.logOut, async ({ caller }) => {
    await logOut(context)(caller);
    return undefined;
  });
