import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { GetHistory } from '../usecases/get-history.ts';

export const getHistoryRoute = (getHistory: GetHistory) =>
  route(messagesApi.getHistory, async ({ params, query, caller }) => {
    const { messages, ...where } = await getHistory.run(caller, params.roomId, query);
    return { messages, pagination: { limit: query.limit, ...where, page: query.page ?? null } };
  });
