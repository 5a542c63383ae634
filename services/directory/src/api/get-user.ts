import { usersApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { getProfile } from '../usecases/get-profile.ts';

export const getUserRoute = (context: Context) =>
  route(usersApi.getUser, ({ caller, params }) => getProfile(context, caller, params.userId));
