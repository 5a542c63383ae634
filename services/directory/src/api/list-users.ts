import { usersApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listUsers } from '../usecases/list-users.ts';

export const listUsersRoute = (context: Context) =>
  route(usersApi.listUsers, ({ caller, query }) => listUsers(context, caller, query));
