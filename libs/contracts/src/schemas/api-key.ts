import { z } from 'zod';
import { id, shownName, time } from './common.ts';
import { maxGrantedRooms, scope } from './scope.ts';

/** A key without its secret. */
export const apiKey = z
  .object({
    id,
    name: z.string(),
    prefix: z.string().meta({ description: 'the beginning of the key, to recognise it' }),
    organizationId: id.nullable().meta({ description: 'null: of the whole installation' }),
    botId: id.nullable().meta({ description: 'the bot that the key acts for, if it is one of a bot' }),
    scopes: z.array(scope),
    roomIds: z.array(id).nullable().meta({ description: 'null: all rooms' }),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKey>;

/** The limits of a new key. */
export const newApiKey = z.object({
  name: shownName(1, 100),
  scopes: z.array(scope).min(1).max(scope.options.length),
  roomIds: z.array(id).min(1).max(maxGrantedRooms).optional().meta({ description: 'absent: all rooms' }),
  expiresInSeconds: z
    .number()
    .int()
    .min(60)
    .max(315_360_000)
    .optional()
    .meta({ description: 'absent: the key does not expire' }),
});

export const createdApiKey = z.object({
  apiKey,
  key: z.string().meta({ description: 'the key itself, shown only in this response' }),
});

/** An action of a key: the operation or socket event that it asked for, and the user concerned. */
export const keyAction = z
  .object({
    id,
    keyId: id,
    userId: id.nullable().meta({ description: 'the user that the action was for; null: none' }),
    action: z.string(),
    roomId: id.nullable(),
    requestId: z.string(),
    time,
  })
  .meta({ id: 'KeyAction' });
