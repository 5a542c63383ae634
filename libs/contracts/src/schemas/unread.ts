import { z } from 'zod';
import { notificationLevel } from './account.ts';
import { id, seq, time } from './common.ts';

/** Unread messages and mentions of a user, by room. */
export const unreadCounts = z.object({
  rooms: z.array(
    z.object({
      roomId: id,
      unread: z.number().int(),
      mentions: z.number().int(),
      seq,
      readSeq: seq,
      level: notificationLevel.meta({ description: "of the room, or else of the user's settings" }),
      mutedUntil: time.nullable().meta({ description: 'null: the room is not muted now' }),
    }),
  ),
  total: z.number().int().meta({ description: 'unread messages, without those of muted rooms' }),
  mentions: z.number().int().meta({ description: 'unread mentions, also of muted rooms' }),
  badge: z
    .number()
    .int()
    .meta({
      description:
        'for the icon of an app, without muted rooms: messages in rooms of the level `all`, mentions in ' +
        'those of the level `mentions`',
    }),
});
