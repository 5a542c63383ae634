import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listMembers } from '../usecases/list-members.ts';

export const listMembersRoute = (context: Context) =>
  route(roomsApi.listMembers, ({ caller, params, query }) =>
    listMembers(context, caller, params.roomId, query),
  );
