import { authApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { changePassword } from '../usecases/change-password.ts';
import type { Context } from '../usecases/context.ts';
import { eraseMe } from '../usecases/erase-user.ts';
import { getMe } from '../usecases/get-me.ts';
import { identityView } from './views.ts';

export const meRoutes = (context: Context): Route[] => [
  route(authApi.getMe, async ({ caller }) => ({ user: identityView(await getMe(context, caller)) })),
  route(authApi.changePassword, ({ caller: { userId, sessionId }, body }) =>
    changePassword(context, { userId, sessionId, ...body }),
  ),
  route(authApi.eraseMe, ({ caller: { userId }, body: { password } }) =>
    eraseMe(context, { userId, password }),
  ),
];
