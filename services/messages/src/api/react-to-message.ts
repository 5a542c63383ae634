import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Submit } from '../usecases/submit.ts';

export const reactToMessageRoute = (submit: Submit) =>
  route(messagesApi.reactToMessage, ({ params, body, caller }) =>
    submit.message(caller, { op: 'react', roomId: params.roomId, messageId: params.messageId, reaction: body.reaction, on: body.on }),
  );
