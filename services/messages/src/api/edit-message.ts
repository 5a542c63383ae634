import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Submit } from '../usecases/submit.ts';

export const editMessageRoute = (submit: Submit) =>
  route(messagesApi.editMessage, ({ params, body, caller }) =>
    submit.message(caller, { op: 'edit', roomId: params.roomId, messageId: params.messageId, content: body.content }),
  );
