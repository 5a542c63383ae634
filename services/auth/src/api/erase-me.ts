import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { eraseMe } from '../usecases/erase-user.ts';

export const eraseMeRoute = (context: AuthContext) =>
  route(authApi.eraseMe, async ({ caller: { userId }, body: { password } }) => {
    await eraseMe(context)({ userId, password });
    return undefined;
  });
