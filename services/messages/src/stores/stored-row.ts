import type { ReactionCount } from '@parley/contracts';
import type { StoredMention } from '../domain/mentions.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';

/** A row of `timeline` as the database returns it. */
export interface StoredRow {
  room_id: string;
  seq: number;
  changed_seq: number;
  id: string;
  kind: TimelineRow['kind'];
  sender_id: string;
  sender_name: string;
  /** Null: a person, or stored by an earlier release. */
  is_bot: true | null;
  client_key: string | null;
  content: string;
  reply_to: string | null;
  is_encrypted: boolean;
  thread_root_seq: number | null;
  also_in_room: true | null;
  reactions: ReactionCount[] | null;
  reason: 'left' | 'removed' | null;
  mentions: StoredMention[] | null;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  pinned_at: Date | null;
  pinned_by: string | null;
}

export const timelineColumns = [
  'room_id',
  'seq',
  'changed_seq',
  'id',
  'kind',
  'sender_id',
  'sender_name',
  'is_bot',
  'client_key',
  'content',
  'reply_to',
  'is_encrypted',
  'thread_root_seq',
  'also_in_room',
  'reactions',
  'reason',
  'mentions',
  'created_at',
  'edited_at',
  'deleted_at',
  'pinned_at',
  'pinned_by',
] as const;

export function toRow(row: StoredRow): TimelineRow {
  return {
    roomId: row.room_id,
    seq: row.seq,
    changedSeq: row.changed_seq,
    id: row.id,
    kind: row.kind,
    senderId: row.sender_id,
    senderName: row.sender_name,
    ...(row.is_bot && { isBot: row.is_bot }),
    // Earlier releases stored the id of a message without a key in its place.
    clientKey: row.client_key === row.id ? null : row.client_key,
    content: row.content,
    replyTo: row.reply_to,
    isEncrypted: row.is_encrypted,
    threadRootSeq: row.thread_root_seq,
    alsoInRoom: row.also_in_room,
    reactions: row.reactions,
    reason: row.reason,
    mentions: row.mentions,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    pinnedAt: row.pinned_at,
    pinnedBy: row.pinned_by,
  };
}
