import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import { addMembers } from '../usecases/add-members.ts';
import type { Context } from '../usecases/context.ts';

export const addMembersRoute = (context: Context) =>
  route(roomsApi.addMembers, ({ caller, params, body }) =>
    addMembers(context, caller, params.roomId, body.userIds),
  );
