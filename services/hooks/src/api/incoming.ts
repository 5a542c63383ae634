import { commandsApi, incomingHooksApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { createCommand, deleteCommand, listCommands } from '../usecases/commands.ts';
import type { Context } from '../usecases/context.ts';
import { createIncomingHook, deleteIncomingHook, listIncomingHooks } from '../usecases/incoming-hooks.ts';
import { postIncoming } from '../usecases/post-incoming.ts';
import { runCommand } from '../usecases/run-command.ts';

/** Webhooks for messages to rooms, and commands. */
export const incomingRoutes = (context: Context): Route[] => [
  route(incomingHooksApi.createIncomingHook, ({ caller, body }) => createIncomingHook(context, caller, body)),
  route(incomingHooksApi.listIncomingHooks, async ({ caller }) => ({
    hooks: await listIncomingHooks(context, caller.userId),
  })),
  route(incomingHooksApi.deleteIncomingHook, ({ caller, params }) =>
    deleteIncomingHook(context, caller.userId, params.hookId),
  ),
  route(incomingHooksApi.postIncoming, async ({ params, body, request }) => {
    const { id, roomId, seq } = await postIncoming(context, params.token, body, request.idempotencyKey);
    return { id, roomId, seq };
  }),
  route(commandsApi.listCommands, async ({ caller, params }) => ({
    commands: await listCommands(context, caller, params.roomId),
  })),
  route(commandsApi.runCommand, ({ caller, body }) => runCommand(context, caller, body)),
  route(commandsApi.createCommand, ({ caller, params, body }) =>
    createCommand(context, caller, params.hookId, body),
  ),
  route(commandsApi.deleteCommand, ({ caller, params }) =>
    deleteCommand(context, caller.userId, params.hookId, params.commandId),
  ),
];
