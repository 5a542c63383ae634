import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Writes } from '@parley/timeline';

export const sendMessageRoute = (writes: Writes) =>
  route(messagesApi.sendMessage, ({ params, body, caller }) =>
    writes.message(caller, {
      op: 'send',
      roomId: params.roomId,
      content: body.content,
      clientId: body.clientId ?? null,
      replyTo: body.replyTo ?? null,
      isEncrypted: body.isEncrypted,
    }),
  );
