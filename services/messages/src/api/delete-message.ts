import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Writes } from '@parley/timeline';

export const deleteMessageRoute = (writes: Writes) =>
  route(messagesApi.deleteMessage, async ({ params, caller }) => {
    await writes.message(caller, { op: 'delete', roomId: params.roomId, messageId: params.messageId });
    return undefined;
  });
