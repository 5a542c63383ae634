import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Submit } from '../usecases/submit.ts';

export const sendMessageRoute = (submit: Submit) =>
  route(messagesApi.sendMessage, ({ params, body, caller }) =>
    submit.message(caller, {
      op: 'send',
      roomId: params.roomId,
      content: body.content,
      clientId: body.clientId ?? null,
      replyTo: body.replyTo ?? null,
      isEncrypted: body.isEncrypted,
    }),
  );
