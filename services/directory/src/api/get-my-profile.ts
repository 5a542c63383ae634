import { usersApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { getProfile } from '../usecases/get-profile.ts';

export const getMyProfileRoute = (context: Context) =>
  route(usersApi.getMyProfile, ({ caller }) => getProfile(context, caller, caller.userId));
