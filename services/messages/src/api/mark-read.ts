import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Submit } from '../usecases/submit.ts';

export const markReadRoute = (submit: Submit) =>
  route(messagesApi.markRead, ({ params, body, caller }) =>
    submit.read(caller, { op: 'read', roomId: params.roomId, messageId: body.messageId ?? null }),
  );
