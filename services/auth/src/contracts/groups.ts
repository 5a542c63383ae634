import { groupsContract, requireOwnId } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { changePassword } from '../usecases/change-password.ts';
import type { AuthContext } from '../usecases/context.ts';

export const groupsRoutes = (context: AuthContext): Route[] => [
  route(groupsContract.updatePassword, async ({ caller, body }) => {
    requireOwnId(caller, body.id);
    await changePassword(context)({
      userId: caller.userId,
      sessionId: caller.sessionId,
      newPassword: body.password,
      newField: 'password',
    });
    return { id: caller.userId };
  }),
];
