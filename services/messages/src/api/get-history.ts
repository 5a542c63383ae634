import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { GetHistory } from '../usecases/get-history.ts';

export const getHistoryRoute = (getHistory: GetHistory) =>
  route(messagesApi.getHistory, ({ params, query, caller }) => getHistory.run(caller, params.roomId, query));
