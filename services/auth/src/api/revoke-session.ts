import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { revokeSession } from '../usecases/revoke-sessions.ts';

export const revokeSessionRoute = (context: AuthContext) =>
  route(authApi.revokeSession, async ({ caller, params }) =>
    revokeSession(context)({ userId: caller.userId, ...params }),
  );
