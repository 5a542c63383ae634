import { blocksApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listPeople } from '../usecases/list-people.ts';

export const listBlocksRoute = (context: Context) =>
  route(blocksApi.listBlocks, ({ caller, query }) => listPeople(context, caller, 'blocks', query));
