import type { SyncedAccount } from './answers.ts';
import type { Bookmark, Draft, NotificationSettings, RoomSettings } from './contract.ts';
import type { SessionEvents } from './events.ts';

/** Whether a draft was stored. If not, another device has changed it: show both. */
export type DraftOutcome = { stored: true } | { stored: false; newer: Draft | null };

/** The user's settings, drafts and bookmarks, the same on all devices. */
export interface Account {
  /** The number of the last change that is known. */
  readonly seq: number;
  readonly notificationSettings: NotificationSettings;
  roomSettings(roomId: string): RoomSettings;
  /** @param threadRoot the message that begins the thread; without it, the room's own draft */
  draft(roomId: string, threadRoot?: string): Draft | null;
  /** By the ids of their messages; `api.listBookmarks` has the messages. */
  readonly bookmarks: ReadonlyMap<string, Bookmark>;
  /** Fields that are not given keep their values. */
  setRoom(roomId: string, changes: Partial<RoomSettings>): Promise<void>;
  setNotifications(changes: Partial<NotificationSettings>): Promise<void>;
  /**
   * Stores a draft upon the one that is known here; without content and `replyTo`, removes it. It
   * never overwrites a newer one. After a refusal that one is known, so storing again replaces it.
   */
  putDraft(
    roomId: string,
    content: string,
    replyTo?: string | null,
    threadRoot?: string,
  ): Promise<DraftOutcome>;
  bookmark(roomId: string, messageId: string, on: boolean): Promise<void>;
  /** Called after each change. Returns a function that removes the listener. */
  onChange(listener: () => void): () => void;
  /** Stops following. */
  stop(): void;
}

/** @internal */
export interface FollowedSession {
  on<E extends keyof SessionEvents>(name: E, listener: (event: SessionEvents[E]) => void): () => void;
  resumeAccount(cursor: { seq: number; more?: true }): Promise<SyncedAccount>;
}
