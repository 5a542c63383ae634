import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { setMemberRole } from '../usecases/set-member-role.ts';

export const setMemberRoleRoute = (context: Context) =>
  route(roomsApi.setMemberRole, async ({ caller, params, body }) => {
    await setMemberRole(context, caller, params.roomId, params.userId, body.role);
    return undefined;
  });
