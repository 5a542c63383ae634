import {
  defaultRoomSettings,
  type NotificationLevel,
  type NotificationSettings,
  type RoomSettings,
} from '@parley/contracts';

interface Counted {
  unread: number;
  mentions: number;
  settings: RoomSettings | null;
}

export interface UnreadState {
  /** The level in effect. */
  level: NotificationLevel;
  /** Null: the room is not muted now. */
  mutedUntil: string | null;
  /** The room's part of the user's badge. */
  badge: number;
}

/** How the settings of a room, or else those of the user, count its unread messages. */
export function unreadState(
  { unread, mentions, settings }: Counted,
  own: NotificationSettings,
  now: number,
): UnreadState {
  const { level: ofRoom, mutedUntil: until } = settings ?? defaultRoomSettings;
  const level = ofRoom === 'default' ? own.level : ofRoom;
  const counted = { all: unread, mentions, none: 0 };
  const mutedUntil = until !== null && Date.parse(until) > now ? until : null;
  return { level, mutedUntil, badge: mutedUntil === null ? counted[level] : 0 };
}
