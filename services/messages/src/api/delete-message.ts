import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Submit } from '../usecases/submit.ts';

export const deleteMessageRoute = (submit: Submit) =>
  route(messagesApi.deleteMessage, async ({ params, caller }) => {
    await submit.message(caller, { op: 'delete', roomId: params.roomId, messageId: params.messageId });
    return undefined;
  });
