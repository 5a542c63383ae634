import { sharedAuth } from '@parley/contracts';
import { type RequestContext, type Route, route } from '@parley/http';
import { deviceOf } from '../api/views.ts';
import {
  contractOfApiLogin,
  contractOfApiRegistration,
  contractOfRootLogin,
  contractOfRootRegistration,
} from '../domain/client-contract.ts';
import type { AuthContext } from '../usecases/context.ts';
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
export const sharedAuthRoutes = (context: AuthContext): Route[] => [
  ...(
    [
      [sharedAuth.registerAtRoot, contractOfRootRegistration],
      [sharedAuth.registerAtApi, contractOfApiRegistration],
    ] as const
  ).map(([operation, contractOf]) =>
    route(operation, async ({ body: { fullName, ...body }, request }) => {
      const input = {
        ...body,
        name: body.name ?? fullName,
        contract: contractOf(body),
        device: deviceOf(request),
      };
      return sharedTokensView(await register(context)(input));
    }),
  ),
  route(sharedAuth.logInAtRoot, async ({ body, request }) => {
    const input = logInInput(body, request);
    return sharedTokensView(await logIn(context)({ ...input, contract: contractOfRootLogin(input.login) }));
  }),
  route(sharedAuth.logInAtApi, async ({ body, request }) =>
    sharedTokensView(
      await logIn(context)({
        ...logInInput(body, request),
        contract: (account) => contractOfApiLogin(account.contract, account.identity),
      }),
    ),
  ),
  route(sharedAuth.refreshAtApi, async ({ body, request }) =>
    sharedTokensView(await refresh(context)({ ...body, device: deviceOf(request) })),
  ),
  route(sharedAuth.logOutAtRoot, async ({ caller }) => {
    await logOut(context)(caller);
    return { message: 'Successfully logged out' as const };
  }),
];

interface LogInBody {
  email?: string | undefined;
  username?: string | undefined;
  login?: string | undefined;
  password: string;
}

const logInInput = ({ email, username, login, password }: LogInBody, request: RequestContext) => ({
  login: email ?? username ?? login ?? '',
  password,
  device: deviceOf(request),
});
