import { sharedAuth } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { deviceOf } from '../api/views.ts';
import type { AuthContext } from '../usecases/context.ts';
import { logIn } from '../usecases/log-in.ts';
import { refresh } from '../usecases/refresh.ts';
import { register } from '../usecases/register.ts';
import { logOut } from '../usecases/revoke-sessions.ts';
import { sharedTokensView } from './views.ts';

/** Ways in and out as the client contracts state them: under `/auth` (groups, conversations) and `/api/auth` (organizations, direct). */
export const sharedAuthRoutes = (context: AuthContext): Route[] => [
  ...[sharedAuth.registerAtRoot, sharedAuth.registerAtApi].map((operation) =>
    route(operation, async ({ body: { fullName, ...body }, request }) =>
      sharedTokensView(await register(context)({ ...body, name: body.name ?? fullName, device: deviceOf(request) })),
    ),
  ),
  ...[sharedAuth.logInAtRoot, sharedAuth.logInAtApi].map((operation) =>
    route(operation, async ({ body: { email, username, login, password }, request }) =>
      sharedTokensView(await logIn(context)({ login: email ?? username ?? login ?? '', password, device: deviceOf(request) })),
    ),
  ),
  route(sharedAuth.refreshAtApi, async ({ body, request }) =>
    sharedTokensView(await refresh(context)({ ...body, device: deviceOf(request) })),
  ),
  route(sharedAuth.logOutAtRoot, async ({ caller }) => {
    await logOut(context)(caller);
    return { status: 'offline' as const };
  }),
];
