import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Writes } from '@parley/timeline';

export const reactToMessageRoute = (writes: Writes) =>
  route(messagesApi.reactToMessage, ({ params, body, caller }) =>
    writes.message(caller, {
      op: 'react',
      roomId: params.roomId,
      messageId: params.messageId,
      reaction: body.reaction,
      on: body.on,
    }),
  );
