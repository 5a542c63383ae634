import { searchApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { CommonContext } from '../usecases/context.ts';
import { searchMessages } from '../usecases/search-messages.ts';

export const searchRoutes = (context: CommonContext): Route[] => [
  route(searchApi.searchMessages, async ({ query, caller, more }) => {
    const found = await searchMessages(context, caller, query);
    more(found.nextCursor === null ? null : { cursor: found.nextCursor });
    return found;
  }),
];
