import { authApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { loginOf } from '../domain/identity.ts';
import type { Context } from '../usecases/context.ts';
import { listSessions } from '../usecases/list-sessions.ts';
import { logIn } from '../usecases/log-in.ts';
import { refresh } from '../usecases/refresh.ts';
import { register } from '../usecases/register.ts';
import { logOut, revokeOtherSessions, revokeSession } from '../usecases/revoke-sessions.ts';
import { sessionView, tokensView } from './views.ts';

export const sessionRoutes = (context: Context): Route[] => [
  route(authApi.register, async ({ body, request }) =>
    tokensView(await register(context, { ...body, contract: 'rooms', device: request })),
  ),
  route(authApi.logIn, async ({ body, request }) => {
    const { password } = body;
    return tokensView(
      await logIn(context, { login: loginOf(body), password, contract: 'rooms', device: request }),
    );
  }),
  route(authApi.refresh, async ({ body, request }) =>
    tokensView(await refresh(context, { ...body, device: request })),
  ),
  route(authApi.logOut, ({ caller }) => logOut(context, caller)),
  route(authApi.listSessions, async ({ caller }) => ({
    sessions: (await listSessions(context, caller)).map((session) => sessionView(session, caller.sessionId)),
  })),
  route(authApi.revokeSession, ({ caller: { userId }, params: { sessionId } }) =>
    revokeSession(context, { userId, sessionId }),
  ),
  route(authApi.revokeOtherSessions, ({ caller }) => revokeOtherSessions(context, caller)),
];
