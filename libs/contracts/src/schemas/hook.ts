import { z } from 'zod';
import { id, optionalText, seq, time } from './common.ts';
import { syncChange } from './sync.ts';

/** Rooms that one webhook may name. */
export const maxHookRooms = 100;
/** Rooms of one `resume` with new cursors. */
const maxResumedRooms = 100;

/** The kinds of changes, as `sync` names them. */
const hookEvent = z.enum(['message', 'joined', 'left']);
export type HookEvent = z.output<typeof hookEvent>;

export const hookEvents = z.array(hookEvent).min(1).max(hookEvent.options.length).meta({
  description:
    'kinds of changes: `message` (new, edited, deleted, or with other reactions), `joined`, `left`',
});

/** The guard of outgoing requests checks the rest. */
export const hookUrl = z
  .string()
  .max(2_000, 'at most 2,000 characters')
  .meta({ description: 'http(s), at a public address and an allowed port, without credentials' });

/**
 * `active`: delivers. `paused`: by its owner, or after three days without a success; it keeps its
 * cursors. `ended`: the receiver answered 410, or the owner may no longer have it.
 */
const hookState = z.enum(['active', 'paused', 'ended']);
export type HookState = z.output<typeof hookState>;

/** A webhook without its secrets. */
export const hook = z
  .object({
    id,
    ownerId: id.meta({ description: 'it delivers what this user may read' }),
    url: z.string(),
    description: z.string(),
    rooms: z
      .array(id)
      .nullable()
      .meta({ description: 'null: every room of the organization that the owner belongs to' }),
    organizationId: id.nullable(),
    events: hookEvents,
    programMessages: z.boolean().meta({
      description: "whether messages of the owner's bots, incoming webhooks and commands are delivered",
    }),
    state: hookState,
    stateReason: z
      .enum(['by_owner', 'failing', 'gone', 'not_authorized'])
      .nullable()
      .meta({ description: 'why it does not deliver' }),
    failingSince: time.nullable().meta({ description: 'the first failure after the last success' }),
    secrets: z.number().int().meta({ description: 'the secrets that sign now: 2 during a rotation' }),
    createdAt: time,
  })
  .meta({ id: 'Hook' });
export type Hook = z.output<typeof hook>;

export const hookDescription = optionalText(200);

const hookCursor = z.object({ roomId: id, seq });
export const resumedFrom = z.array(hookCursor).max(maxResumedRooms);

/** How far a webhook is behind in a room. */
export const hookLag = z
  .object({
    roomId: id,
    seq: seq.meta({ description: 'everything up to here is delivered' }),
    head: seq.meta({ description: 'the latest change of the room' }),
    active: z.boolean().meta({ description: 'false: the owner does not belong to the room' }),
    failures: z.number().int().meta({ description: 'failed attempts since the last success here' }),
    nextAttemptAt: time.nullable(),
  })
  .meta({ id: 'HookLag' });
export type HookLag = z.output<typeof hookLag>;

/** One attempt. Its body is not kept. */
export const hookDelivery = z
  .object({
    webhookId: z.string(),
    roomId: id,
    changes: z.number().int(),
    attempt: z.number().int(),
    status: z.number().int().nullable().meta({ description: 'null: no answer' }),
    problem: z.string().nullable(),
    durationMs: z.number().int(),
    at: time,
  })
  .meta({ id: 'HookDelivery' });
export type HookDelivery = z.output<typeof hookDelivery>;

/** The body of a delivery. */
export const hookPayload = z
  .object({
    type: z.literal('room.changes'),
    timestamp: time,
    data: z.object({
      hookId: id,
      roomId: id,
      name: z.string().nullable().meta({ description: 'of the room; null for direct rooms' }),
      after: seq.meta({
        description:
          'the changes follow this `seq`: that of the delivery before. It is higher only after changes ' +
          'that the webhook omits: other kinds, messages of users with a block, and of programs of the owner',
      }),
      seq: seq.meta({ description: 'and are complete up to this one' }),
      hasMore: z.boolean().meta({ description: 'another delivery follows at once' }),
      changes: z.array(syncChange).meta({
        description:
          'every message that is new after `after`, and what has changed of others, in their present ' +
          'state. What changed after `seq` follows again. May be empty',
      }),
      reset: z
        .literal(true)
        .optional()
        .meta({
          description:
            'an older state of the room was restored: discard what you hold of it; deliveries continue ' +
            'after this `seq`',
        }),
    }),
  })
  .meta({ id: 'HookPayload' });
export type HookPayload = z.output<typeof hookPayload>;
