import { authApi } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { identityView } from './views.ts';

export const getMeRoute = ({ users }: AuthContext) =>
  route(authApi.getMe, async ({ caller }) => {
    const identity = await users.find(caller.userId);
    if (!identity) throw new AppError('user_not_found');
    return { user: identityView(identity) };
  });
