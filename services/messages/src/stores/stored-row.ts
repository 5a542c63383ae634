import type { ReactionCount } from '@parley/contracts';
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
  client_key: string | null;
  content: string;
  reply_to: string | null;
  is_encrypted: boolean;
  reactions: ReactionCount[] | null;
  reason: 'left' | 'removed' | null;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
}

export const timelineColumns = [
  'room_id',
  'seq',
  'changed_seq',
  'id',
  'kind',
  'sender_id',
  'sender_name',
  'client_key',
  'content',
  'reply_to',
  'is_encrypted',
  'reactions',
  'reason',
  'created_at',
  'edited_at',
  'deleted_at',
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
    // Earlier releases stored the id of a message without a key in its place.
    clientKey: row.client_key === row.id ? null : row.client_key,
    content: row.content,
    replyTo: row.reply_to,
    isEncrypted: row.is_encrypted,
    reactions: row.reactions,
    reason: row.reason,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
  };
}
