import type { Message, ServerPayload } from '@parley/contracts';

/** A message is new, or was edited away from what it was when first told: `editedAt`, `deletedAt` say so where one comes late. */
export interface MessageEvent extends Message {
  type: 'message';
}

export interface EditedEvent {
  type: 'edited';
  /** The message's id. */
  id: string;
  roomId: string;
  seq: number;
  userId: string;
  username: string;
  content: string;
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
  /** How many reacted how, now. */
  counts: Record<string, number>;
  /** The reaction that was given or taken back; `null` when told by a sync, which knows the outcome alone. */
  by: { userId: string; username: string; reaction: string; on: boolean } | null;
}

export interface JoinedEvent {
  type: 'joined';
  roomId: string;
  seq: number;
  userId: string;
  username: string;
  time: string;
}

export interface LeftEvent extends Omit<JoinedEvent, 'type'> {
  type: 'left';
}

/** What has a number in a room's timeline, and so is told once and in order. */
export type TimelineEvent =
  | MessageEvent
  | EditedEvent
  | DeletedEvent
  | ReactionEvent
  | JoinedEvent
  | LeftEvent;

/** Why a session has ended for good. The last two: the server did not understand what it was sent. */
export type StopReason =
  | 'closed'
  | 'session_revoked'
  | 'refresh_failed'
  | 'unauthenticated'
  | 'not_logged_in'
  | 'frame_too_long'
  | 'protocol_error';

export type ConnectionEvent =
  | { state: 'connecting' }
  | { state: 'online' }
  /** It comes back by itself after that time. `message` says what is wrong, for people. */
  | { state: 'offline'; reason: string; message: string; retryInMs: number }
  | { state: 'stopped'; reason: StopReason };

/**
 * What a session tells. Of a message that changed while nobody listened, `edited`, `deleted` and `reaction` tell the present state, which may have
 * been told before: apply them by the message's id.
 */
export interface SessionEvents {
  message: MessageEvent;
  edited: EditedEvent;
  deleted: DeletedEvent;
  reaction: ReactionEvent;
  joined: JoinedEvent;
  left: LeftEvent;
  typing: ServerPayload<'user_typing'>;
  /** How far somebody has read: up to `seq`. After an absence it may be told again: of each user the furthest counts. */
  read: ServerPayload<'messages_read'>;
  status: ServerPayload<'user_status'>;
  /** The user belongs to a new room. It is heard once joined. */
  added: ServerPayload<'room_added'>;
  /** A joined room is heard no more. `reason`: `left`, `removed`, `deleted`, or the code of a refusal. */
  removed: { roomId: string; reason: string };
  /** What was told of a joined room is void, since the server has been set back to an older state: load its history anew. What follows comes as ever. */
  reset: { roomId: string };
  connection: ConnectionEvent;
}
