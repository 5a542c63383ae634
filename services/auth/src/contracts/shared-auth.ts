import { sharedAuth } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import {
  contractOfApiLogin,
  contractOfApiRegistration,
  contractOfRootLogin,
  contractOfRootRegistration,
} from '../domain/client-contract.ts';
import { loginOf } from '../domain/identity.ts';
import type { Context } from '../usecases/context.ts';
import { logIn } from '../usecases/log-in.ts';
import { refresh } from '../usecases/refresh.ts';
import { register } from '../usecases/register.ts';
import { logOut } from '../usecases/revoke-sessions.ts';
import { sharedTokensView } from './views.ts';

/**
 * The client contracts' registration, login, refresh and logout, under `/auth` (groups,
 * conversations) and `/api/auth` (organizations, direct). Route and body determine the session's
 * contract.
 */
export const sharedAuthRoutes = (context: Context): Route[] => [
  ...(
    [
      [sharedAuth.registerAtRoot, contractOfRootRegistration],
      [sharedAuth.registerAtApi, contractOfApiRegistration],
    ] as const
  ).map(([operation, contractOf]) =>
    route(operation, async ({ body: { fullName, ...body }, request }) => {
      const contract = contractOf(body);
      const name = body.name ?? fullName;
      return sharedTokensView(await register(context, { ...body, name, contract, device: request }));
    }),
  ),
  route(sharedAuth.logInAtRoot, async ({ body, request }) => {
    const login = loginOf(body);
    const contract = contractOfRootLogin(login);
    return sharedTokensView(
      await logIn(context, { login, password: body.password, contract, device: request }),
    );
  }),
  route(sharedAuth.logInAtApi, async ({ body, request }) =>
    sharedTokensView(
      await logIn(context, {
        login: loginOf(body),
        password: body.password,
        contract: (account) => contractOfApiLogin(account.contract, account.identity),
        device: request,
      }),
    ),
  ),
  route(sharedAuth.refreshAtApi, async ({ body, request }) =>
    sharedTokensView(await refresh(context, { ...body, device: request })),
  ),
  route(sharedAuth.logOutAtRoot, async ({ caller }) => {
    await logOut(context, caller);
    return { message: 'Successfully logged out' as const };
  }),
];
