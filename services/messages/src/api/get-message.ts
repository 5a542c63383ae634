import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { GetMessage } from '../usecases/get-message.ts';

export const getMessageRoute = (getMessage: GetMessage) =>
  route(messagesApi.getMessage, ({ params, caller }) =>
    getMessage.run(caller, params.roomId, params.messageId),
  );
