import { blocksApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { blockUser } from '../usecases/block-user.ts';
import type { Context } from '../usecases/context.ts';
import { listPeople } from '../usecases/list-people.ts';
import { unblockUser } from '../usecases/unblock-user.ts';

export const blockRoutes = (context: Context): Route[] => [
  route(blocksApi.listBlocks, ({ caller, query }) => listPeople(context, caller, 'blocks', query)),
  route(blocksApi.blockUser, ({ caller, params }) => blockUser(context, caller, params.userId)),
  route(blocksApi.unblockUser, ({ caller, params }) => unblockUser(context, caller, params.userId)),
];
