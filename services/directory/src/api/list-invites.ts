import { roomInvitesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listInvites } from '../usecases/list-invites.ts';

export const listInvitesRoute = (context: Context) =>
  route(roomInvitesApi.listInvites, ({ caller, params }) => listInvites(context, caller, params.roomId));
