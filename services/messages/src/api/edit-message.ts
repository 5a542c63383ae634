import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Writes } from '@parley/timeline';

export const editMessageRoute = (writes: Writes) =>
  route(messagesApi.editMessage, ({ params, body, caller }) =>
    writes.message(caller, {
      op: 'edit',
      roomId: params.roomId,
      messageId: params.messageId,
      content: body.content,
    }),
  );
