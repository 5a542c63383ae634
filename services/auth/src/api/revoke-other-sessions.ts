import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { revokeOtherSessions } from '../usecases/revoke-sessions.ts';

export const revokeOtherSessionsRoute = (context: AuthContext) =>
  route(authApi.revokeOtherSessions, async ({ caller }) => {
    await revokeOtherSessions(context)(caller);
    return undefined;
  });
