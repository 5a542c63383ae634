import { usersApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { updateProfile } from '../usecases/update-profile.ts';

export const updateMeRoute = (context: Context) =>
  route(usersApi.updateMe, ({ caller, body }) => updateProfile(context, caller, body));
