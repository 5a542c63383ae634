import { groupsContract, requireOwnId } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { changePassword } from '../usecases/change-password.ts';
import type { Context } from '../usecases/context.ts';

export const groupsRoutes = (context: Context): Route[] => [
  route(groupsContract.updatePassword, async ({ caller, body }) => {
    requireOwnId(caller, body.id);
    const { userId, sessionId } = caller;
    const { currentPassword, password: newPassword } = body;
    await changePassword(context, { userId, sessionId, currentPassword, newPassword, newField: 'password' });
    return { id: userId };
  }),
];
