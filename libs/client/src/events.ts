import type {
  AccountChange,
  AddedEvent,
  CommandAnsweredEvent,
  Message,
  Notification,
  ReadEvent,
  RoomPresenceEvent,
  StatusEvent,
  ThreadReadEvent,
  TypingEvent,
  UpdatedEvent,
} from './contract.ts';
import type { PendingEvent } from './sending.ts';

/** A new message. If it arrives late, `editedAt` and `deletedAt` show later changes. */
export interface MessageEvent extends Message {
  type: 'message';
}

export interface EditedEvent extends Pick<Message, 'mentions' | 'roomMention'> {
  type: 'edited';
  /** The message's id. */
  id: string;
  roomId: string;
  seq: number;
  userId: string;
  username: string;
  isBot?: true | undefined;
  content: string;
  /** Absent: the message is not pinned. */
  pinned?: Message['pinned'];
  editedAt: string;
}

export interface DeletedEvent {
  type: 'deleted';
  id: string;
  roomId: string;
  seq: number;
  deletedAt: string;
}

export interface ReactionEvent {
  type: 'reaction';
  messageId: string;
  roomId: string;
  seq: number;
  /** Current number of each reaction. */
  counts: Record<string, number>;
  /** The reaction that was added or removed; `null` after a sync, which knows only the outcome. */
  by: { userId: string; username: string; reaction: string; on: boolean } | null;
}

export interface PinnedEvent {
  type: 'pinned';
  messageId: string;
  roomId: string;
  seq: number;
  /** `null`: the message is not pinned. */
  pinned: NonNullable<Message['pinned']> | null;
  /** `null` after a sync, which knows only the outcome. */
  by: { userId: string; username: string } | null;
}

export interface JoinedEvent {
  type: 'joined';
  roomId: string;
  seq: number;
  userId: string;
  username: string;
  isBot?: true | undefined;
  time: string;
  /** The member joined with the room's creation. Never of `left`. */
  atCreation?: boolean | undefined;
}

export interface LeftEvent extends Omit<JoinedEvent, 'type'> {
  type: 'left';
}

/** Events with a number in a room's timeline, emitted once and in order. */
export type TimelineEvent =
  | MessageEvent
  | EditedEvent
  | DeletedEvent
  | ReactionEvent
  | PinnedEvent
  | JoinedEvent
  | LeftEvent;

/**
 * Why a session has ended for good. `conflict`: another user has logged in with the same storage.
 * The last two: the server did not accept the client's frames.
 */
export type StopReason =
  | 'closed'
  | 'session_revoked'
  | 'refresh_failed'
  | 'unauthenticated'
  | 'not_logged_in'
  | 'conflict'
  | 'frame_too_long'
  | 'protocol_error';

export type ConnectionEvent =
  | { state: 'connecting' }
  | { state: 'online' }
  /** It comes back by itself after that time. `message` says what is wrong, for people. */
  | { state: 'offline'; reason: string; message: string; retryInMs: number }
  | { state: 'stopped'; reason: StopReason };

/**
 * The events of a session. After an absence, `edited`, `deleted`, `reaction` and `pinned` contain
 * the current state of a message, possibly repeated: apply them by the message's id.
 */
export interface SessionEvents {
  message: MessageEvent;
  edited: EditedEvent;
  deleted: DeletedEvent;
  reaction: ReactionEvent;
  pinned: PinnedEvent;
  joined: JoinedEvent;
  left: LeftEvent;
  typing: TypingEvent;
  /**
   * A user has read up to `seq`. May be repeated after an absence; use each user's furthest
   * position.
   */
  read: ReadEvent;
  /**
   * This user has read a thread, or follows it or not, on any device. Not repeated after an
   * absence: load counts again after `resumed`.
   */
  threadRead: ThreadReadEvent;
  status: StatusEvent;
  /**
   * How many members of a large joined room are online, instead of their statuses: soon after
   * joining and when it has changed. `session.onlineIn` has the last one.
   */
  roomPresence: RoomPresenceEvent;
  /** The user belongs to a new room. Join it to receive its events. */
  added: AddedEvent;
  /** The name or another detail of one of the user's rooms has changed. */
  updated: UpdatedEvent;
  /**
   * A joined room has ended for this session. `reason`: `left`, `removed`, `deleted`, or the code
   * of a refusal.
   */
  removed: { roomId: string; reason: string };
  /**
   * Earlier events of a joined room are void, because the server was restored to an older state.
   * Load its history again. Further events continue as usual.
   */
  reset: { roomId: string };
  connection: ConnectionEvent;
  /**
   * The gateway of this connection is being replaced, and closes it within that time. The session
   * then connects to another one at once.
   */
  draining: { reconnectWithinMs: number };
  /** The connection is there. */
  online: Record<never, never>;
  /** The connection has ended, or could not be opened. Emitted once until it is there again. */
  offline: { reason: string; message: string };
  /** The next attempt to connect comes after that time. */
  waiting: { retryInMs: number; reason: string };
  /**
   * Everything that happened in the joined rooms during an absence has been emitted: that many
   * events. `absentMs`: since the last sign of life of the lost connection. After a long absence,
   * check copies with `verifyCopy`.
   */
  resumed: { missed: number; absentMs: number };
  /** Another user has logged in with the same storage, in another tab: this session has ended. */
  conflict: { userId: string };
  /** The user's account has changed. Only for sessions whose account is followed. */
  accountChanged: AccountChange;
  /**
   * A message of this user began with a command of its room (`/word …`): the answer to them alone.
   * It is stored nowhere.
   */
  commandAnswered: CommandAnsweredEvent;
  /** A notification of this user is new, or is unread and concerns a further message. */
  notification: Notification;
  /** A notification was read, or has another text or count. */
  notificationUpdated: Notification;
  /** A notification was deleted, or what it announced no longer exists. */
  notificationRemoved: { id: string };
  /** A message that this user posted is pending, or no longer. */
  pending: PendingEvent;
}
