import type { AccountChange, Bookmark, Draft, NotificationSettings, RoomSettings } from '@parley/contracts';

/** The data of each kind of item. */
export interface AccountData {
  room_settings: RoomSettings;
  notification_settings: NotificationSettings;
  draft: Draft;
  bookmark: Bookmark;
}
export type AccountKind = keyof AccountData;

/** The current state of one subject of a user's account. */
export interface AccountItem<K extends AccountKind = AccountKind> {
  kind: K;
  /**
   * A room; of a draft in a thread, the thread's root; of a bookmark, the message; of the
   * notification settings, the user.
   */
  subjectId: string;
  /** The room that it belongs to. */
  roomId: string | null;
  /** The number of its last change. */
  seq: number;
  /** Null: removed. */
  data: AccountData[K] | null;
}

const ofKind = <K extends AccountKind>(item: AccountItem, kind: K): item is AccountItem<K> =>
  item.kind === kind;

/** The item as clients receive it. Undefined: there is nothing to tell them. */
export function toAccountChange(item: AccountItem): AccountChange | undefined {
  const { seq, subjectId, roomId } = item;
  if (ofKind(item, 'room_settings'))
    return { seq, kind: 'room_settings', roomId: subjectId, settings: item.data };
  if (ofKind(item, 'notification_settings') && item.data)
    return { seq, kind: 'notification_settings', settings: item.data };
  if (ofKind(item, 'draft')) {
    if (roomId === null || roomId === subjectId)
      return { seq, kind: 'draft', roomId: subjectId, draft: item.data };
    return { seq, kind: 'thread_draft', roomId, threadRoot: subjectId, draft: item.data };
  }
  if (ofKind(item, 'bookmark')) return { seq, kind: 'bookmark', messageId: subjectId, bookmark: item.data };
  return undefined;
}
