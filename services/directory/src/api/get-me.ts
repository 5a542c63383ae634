import { usersApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { getProfile } from '../usecases/get-profile.ts';

export const getMeRoute = (context: Context) => route(usersApi.getMe, ({ caller }) => getProfile(context, caller, caller.userId));
