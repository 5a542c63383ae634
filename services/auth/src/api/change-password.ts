import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../context.ts';
import { changePassword } from '../usecases/change-password.ts';

export const changePasswordRoute = (context: AuthContext) =>
  route(authApi.changePassword, async ({ caller: { userId, sessionId }, body }) => {
    await changePassword(context)({ userId, sessionId, ...body });
    return undefined;
  });
