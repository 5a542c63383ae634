import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { GetUnread } from '../usecases/get-unread.ts';

export const getUnreadRoute = (getUnread: GetUnread) =>
  route(messagesApi.getUnread, ({ caller }) => getUnread.run(caller));
