import { z } from 'zod';
import { because, id, pageLimit, time } from '../schemas/common.ts';
import {
  hook,
  hookDelivery,
  hookDescription,
  hookEvents,
  hookLag,
  hookUrl,
  maxHookRooms,
  resumedFrom,
} from '../schemas/hook.ts';
import { operation } from './operation.ts';

const service = 'hooks';
const tag = 'hooks';
const params = z.object({ hookId: id });
const secret = z
  .string()
  .meta({ description: 'for the signatures of deliveries; shown only here', example: 'whsec_…' });

export const createHook = operation({
  id: 'createHook',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks',
  scope: 'hooks:write',
  roomsOf: ({ rooms }) => rooms ?? null,
  summary: 'Create a webhook for rooms, or for the organization',
  description:
    'Delivers every change of its rooms from now on, in order, as `sync` returns them: at least ' +
    'once, and once by `webhook-id`. Headers and signature are those of Standard Webhooks. For ' +
    'rooms, the caller must be owner or admin of each, or a person of a direct room. With ' +
    '`organization`, the caller must be an admin of their organization; the webhook covers every ' +
    'room of it that the caller belongs to, now or later.',
  body: z
    .object({
      url: hookUrl,
      description: hookDescription.default(''),
      rooms: z.array(id).min(1).max(maxHookRooms).optional(),
      organization: z.boolean().default(false),
      events: hookEvents.default(['message', 'joined', 'left']),
      programMessages: z.boolean().default(false),
    })
    .refine(
      ({ rooms, organization }) => (rooms === undefined) === organization,
      because('combination', 'give either rooms or organization: true'),
    ),
  status: 201,
  response: z.object({ hook, secret }),
  errors: ['room_not_found', 'not_authorized', 'organization_not_found', 'limit_reached'],
});

export const listHooks = operation({
  id: 'listHooks',
  service,
  tag,
  method: 'get',
  path: '/api/v1/hooks',
  scope: 'hooks:read',
  summary: "The caller's webhooks, newest first",
  status: 200,
  response: z.object({ hooks: z.array(hook) }),
});

export const getHook = operation({
  id: 'getHook',
  service,
  tag,
  method: 'get',
  path: '/api/v1/hooks/:hookId',
  scope: 'hooks:read',
  summary: 'One webhook of the caller',
  params,
  status: 200,
  response: hook,
  errors: ['hook_not_found'],
});

export const updateHook = operation({
  id: 'updateHook',
  service,
  tag,
  method: 'patch',
  path: '/api/v1/hooks/:hookId',
  scope: 'hooks:write',
  summary: 'Change or pause a webhook',
  description:
    'New rooms are delivered from now on; others keep their cursors. A paused webhook misses ' +
    'nothing: `resumeHook` continues where it stopped.',
  params,
  body: z.object({
    url: hookUrl.optional(),
    description: hookDescription.optional(),
    rooms: z.array(id).min(1).max(maxHookRooms).optional(),
    events: hookEvents.optional(),
    programMessages: z.boolean().optional(),
    paused: z.literal(true).optional(),
  }),
  status: 200,
  response: hook,
  errors: ['hook_not_found', 'room_not_found', 'not_authorized'],
});

export const deleteHook = operation({
  id: 'deleteHook',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/hooks/:hookId',
  scope: 'hooks:write',
  summary: 'Delete a webhook with its cursors',
  params,
  status: 204,
  errors: ['hook_not_found'],
});

export const rotateHookSecret = operation({
  id: 'rotateHookSecret',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/:hookId/secret',
  scope: 'hooks:write',
  summary: 'Create a new secret',
  description:
    'Until the old secret expires, deliveries are signed with both, so the receiver can change it ' +
    'at any time.',
  params,
  body: z
    .object({ expireOldInSeconds: z.number().int().min(0).max(604_800).default(86_400) })
    .default({ expireOldInSeconds: 86_400 }),
  status: 200,
  response: z.object({ secret, oldExpiresAt: time }),
  errors: ['hook_not_found'],
});

export const resumeHook = operation({
  id: 'resumeHook',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/:hookId/resume',
  scope: 'hooks:write',
  summary: 'Continue a webhook, where it stopped or from other cursors',
  description:
    'Also repeats a waiting attempt at once. `from` delivers again everything after its numbers, ' +
    'with new ids, or skips what is before them.',
  params,
  body: z.object({ from: resumedFrom.default([]) }).default({ from: [] }),
  status: 200,
  response: hook,
  errors: ['hook_not_found', 'room_not_found', 'not_authorized'],
});

export const getHookLag = operation({
  id: 'getHookLag',
  service,
  tag,
  method: 'get',
  path: '/api/v1/hooks/:hookId/lag',
  scope: 'hooks:read',
  summary: 'How far a webhook is behind, by room',
  params,
  query: z.object({ limit: pageLimit(100, 200), after: id.optional() }),
  status: 200,
  response: z.object({
    rooms: z.array(hookLag),
    after: id.nullable().meta({ description: 'if not null, there are more: repeat with this `after`' }),
  }),
  errors: ['hook_not_found'],
});

export const listHookDeliveries = operation({
  id: 'listHookDeliveries',
  service,
  tag,
  method: 'get',
  path: '/api/v1/hooks/:hookId/deliveries',
  scope: 'hooks:read',
  summary: 'The last 100 attempts, newest first, without their bodies',
  params,
  status: 200,
  response: z.object({ deliveries: z.array(hookDelivery) }),
  errors: ['hook_not_found'],
});

export const testHook = operation({
  id: 'testHook',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/:hookId/test',
  scope: 'hooks:write',
  summary: 'Send a signed test (`type: "test"`) now, in any state of the webhook',
  params,
  status: 200,
  response: z.object({
    ok: z.boolean(),
    status: z.number().int().nullable(),
    problem: z.string().nullable(),
    durationMs: z.number().int(),
  }),
  errors: ['hook_not_found'],
});
