import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { removeMember } from '../usecases/remove-member.ts';

export const removeMemberRoute = (context: Context) =>
  route(roomsApi.removeMember, async ({ caller, params }) => {
    await removeMember(context, caller, params.roomId, params.userId);
    return undefined;
  });
