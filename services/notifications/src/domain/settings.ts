import {
  defaultNotificationSettings,
  defaultRoomSettings,
  type Notification,
  type NotificationSettings,
  type QuietHours,
  type RoomSettings,
} from '@parley/contracts';

/** The part of the settings of a room that notifications depend on. */
export type RoomLevel = Pick<RoomSettings, 'level' | 'mutedUntil' | 'roomMentions'>;

/**
 * Whether a message notifies a user. A muted room notifies of nothing, not even of a mention.
 * @param room what the user has set for the room, if anything
 * @param user what the user has set in general, if anything
 */
export function isWanted(
  { createdAt, isMention }: { createdAt: string; isMention: boolean },
  room: RoomLevel = defaultRoomSettings,
  user: Pick<NotificationSettings, 'level'> = defaultNotificationSettings,
): boolean {
  if (room.mutedUntil !== null && Date.parse(createdAt) < Date.parse(room.mutedUntil)) return false;
  const level = room.level === 'default' ? user.level : room.level;
  return level === 'all' || (level === 'mentions' && isMention);
}

/** A notification as its user wants it. The rows themselves do not depend on the settings. */
export function asWanted(
  notification: Notification,
  { preview, quietHours }: NotificationSettings,
  now: number,
): Notification {
  const shown = preview ? notification : withoutPreview(notification);
  return quietHours && isQuiet(quietHours, now) ? { ...shown, quiet: true } : shown;
}

function withoutPreview(notification: Notification): Notification {
  const { messagePreview, ...metadata } = notification.metadata;
  if (messagePreview === undefined) return notification;
  // It is the end of the content, after the name of the sender.
  const content = `${notification.content.slice(0, -messagePreview.length)}New message`;
  return { ...notification, content, metadata };
}

const minutesPerDay = 1_440;

/** Whether that time is within the quiet hours: from the start, up to but not including the end. */
export function isQuiet({ tz, from, to }: QuietHours, now: number): boolean {
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: tz, hour: '2-digit', minute: '2-digit' });
  const start = minutesOf(from);
  const sinceStart = (minutesOf(local.format(now)) - start + minutesPerDay) % minutesPerDay;
  return sinceStart < (minutesOf(to) - start + minutesPerDay) % minutesPerDay;
}

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};
