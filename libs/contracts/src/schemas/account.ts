import { z } from 'zod';
import { because, id, optionalText, seq, time } from './common.ts';
import { maxContentLength } from './message.ts';

/** The messages of which a user wants to know. */
export const notificationLevel = z.enum(['all', 'mentions', 'none']);
export type NotificationLevel = z.output<typeof notificationLevel>;

/** A user's settings for a room, for all devices. */
export const roomSettings = z.object({
  level: z.enum([...notificationLevel.options, 'default']).meta({
    description: "which messages notify; `default`: the level of the user's own settings",
  }),
  mutedUntil: time.nullable().meta({
    description: 'until then nothing of the room notifies, mentions included; null: it is not muted',
  }),
  roomMentions: z.boolean().meta({ description: 'whether mentions of all members notify and count' }),
  hidden: z.boolean().meta({ description: 'for clients: the list of rooms does not show it' }),
  order: z.number().min(-1e12).max(1e12).nullable().meta({
    description: 'for clients: the place in the list of rooms, ascending; null: after those with one',
  }),
});
export type RoomSettings = z.output<typeof roomSettings>;

export const defaultRoomSettings: RoomSettings = {
  level: 'default',
  mutedUntil: null,
  roomMentions: true,
  hidden: false,
  order: null,
};

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, because('format', 'must be a time such as 22:30'))
  .meta({ example: '22:30' });

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const quietHours = z
  .object({
    tz: z
      .string()
      .max(64)
      .refine(isTimeZone, because('choice', 'must be a time zone such as Europe/Berlin'))
      .meta({ description: 'a time zone of the IANA database', example: 'Europe/Berlin' }),
    from: timeOfDay,
    to: timeOfDay,
  })
  .refine(({ from, to }) => from !== to, {
    ...because('combination', 'from and to must differ'),
    path: ['to'],
  });
export type QuietHours = z.output<typeof quietHours>;

/** A user's settings for notifications in general. */
export const notificationSettings = z.object({
  level: notificationLevel.meta({ description: 'for all rooms without a level of their own' }),
  quietHours: quietHours.nullable().meta({
    description:
      'every day from `from` until `to`, past midnight if `to` is earlier: notifications have ' +
      '`quiet`, so clients show them without an alert',
  }),
  preview: z.boolean().meta({ description: 'whether notifications contain the text of messages' }),
});
export type NotificationSettings = z.output<typeof notificationSettings>;

export const defaultNotificationSettings: NotificationSettings = {
  level: 'all',
  quietHours: null,
  preview: true,
};

/** A message that a user has begun to write in a room or a thread. */
export const draft = z.object({
  content: optionalText(maxContentLength),
  replyTo: id.nullable().meta({ description: 'the message that it replies to' }),
  updatedAt: time,
});
export type Draft = z.output<typeof draft>;

/** A message that a user wants to find again. */
export const bookmark = z.object({ roomId: id, note: optionalText(500), createdAt: time });
export type Bookmark = z.output<typeof bookmark>;

/** Limits of an account. */
export const maxBookmarks = 1_000;
export const maxDrafts = 500;

/** The number of the change in the user's account stream. */
const changed = { seq };

/** The kinds of changes. Clients ignore those that they do not know. */
export const accountKinds = [
  'room_settings',
  'notification_settings',
  'draft',
  'thread_draft',
  'bookmark',
] as const;

/** One change of a user's account: the current state of what changed. */
export const accountChange = z
  .discriminatedUnion('kind', [
    z.object({
      ...changed,
      kind: z.literal('room_settings'),
      roomId: id,
      settings: roomSettings.nullable().meta({ description: 'null: as if never set' }),
    }),
    z.object({ ...changed, kind: z.literal('notification_settings'), settings: notificationSettings }),
    z.object({ ...changed, kind: z.literal('draft'), roomId: id, draft: draft.nullable() }),
    z.object({
      ...changed,
      kind: z.literal('thread_draft'),
      roomId: id,
      threadRoot: id.meta({ description: 'the message that begins the thread' }),
      draft: draft.nullable(),
    }),
    z.object({ ...changed, kind: z.literal('bookmark'), messageId: id, bookmark: bookmark.nullable() }),
  ])
  .meta({ id: 'AccountChange' });
export type AccountChange = z.output<typeof accountChange>;

/** A client's cursor in the stream of its account. */
export const accountCursor = z.object({
  seq,
  more: z
    .literal(true)
    .optional()
    .meta({ description: 'set it in requests that continue an answer with `hasMore`' }),
});
export type AccountCursor = z.output<typeof accountCursor>;

export const syncedAccount = z.object({
  seq,
  hasMore: z.boolean(),
  changes: z.array(accountChange),
  reset: z
    .literal(true)
    .optional()
    .meta({
      description:
        'the cursor is too old, or ahead of a restored account: discard all local data of the account ' +
        'before applying the changes, which start from its beginning',
    }),
});
export type SyncedAccount = z.output<typeof syncedAccount>;
