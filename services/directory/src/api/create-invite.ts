import { roomInvitesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { createInvite } from '../usecases/create-invite.ts';

export const createInviteRoute = (context: Context) =>
  route(roomInvitesApi.createInvite, ({ caller, params, body }) =>
    createInvite(context, caller, params.roomId, body),
  );
