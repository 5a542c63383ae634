import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import { changePassword } from '../usecases/change-password.ts';
import type { AuthContext } from '../usecases/context.ts';

export const changePasswordRoute = (context: AuthContext) =>
  route(authApi.changePassword, async ({ caller: { userId, sessionId }, body }) => {
    await changePassword(context)({ userId, sessionId, ...body });
    return undefined;
  });
