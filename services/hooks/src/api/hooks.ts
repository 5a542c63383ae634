import { hooksApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { createHook } from '../usecases/create-hook.ts';
import { deleteHook } from '../usecases/delete-hook.ts';
import { getHookLag } from '../usecases/get-hook-lag.ts';
import { listHookDeliveries } from '../usecases/list-hook-deliveries.ts';
import { resumeHook } from '../usecases/resume-hook.ts';
import { rotateHookSecret } from '../usecases/rotate-hook-secret.ts';
import { testHook } from '../usecases/test-hook.ts';
import { updateHook } from '../usecases/update-hook.ts';
import { listHooks, viewHook } from '../usecases/view-hooks.ts';

export const hookRoutes = (context: Context): Route[] => [
  route(hooksApi.createHook, ({ caller, body: { organization: _, ...body } }) =>
    createHook(context, caller, body),
  ),
  route(hooksApi.listHooks, async ({ caller }) => ({ hooks: await listHooks(context, caller.userId) })),
  route(hooksApi.getHook, ({ caller, params }) => viewHook(context, caller.userId, params.hookId)),
  route(hooksApi.updateHook, ({ caller, params, body }) => updateHook(context, caller, params.hookId, body)),
  route(hooksApi.deleteHook, ({ caller, params }) => deleteHook(context, caller.userId, params.hookId)),
  route(hooksApi.rotateHookSecret, ({ caller, params, body }) =>
    rotateHookSecret(context, caller.userId, params.hookId, body),
  ),
  route(hooksApi.resumeHook, ({ caller, params, body }) =>
    resumeHook(context, caller, params.hookId, body.from),
  ),
  route(hooksApi.getHookLag, ({ caller, params, query }) =>
    getHookLag(context, caller.userId, params.hookId, query),
  ),
  route(hooksApi.listHookDeliveries, async ({ caller, params }) => ({
    deliveries: await listHookDeliveries(context, caller.userId, params.hookId),
  })),
  route(hooksApi.testHook, ({ caller, params }) => testHook(context, caller.userId, params.hookId)),
];
