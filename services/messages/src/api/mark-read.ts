import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Writes } from '@parley/timeline';

export const markReadRoute = (writes: Writes) =>
  route(messagesApi.markRead, ({ params, body, caller }) =>
    writes.read(caller, { op: 'read', roomId: params.roomId, messageId: body.messageId ?? null }),
  );
