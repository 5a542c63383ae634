import type { Change, Message, ReactionCount, SyncChange } from '@parley/contracts';
import { type StoredMention, toMentionFields } from './mentions.ts';

/** One row of a timeline, as stored. */
export interface TimelineRow {
  roomId: string;
  seq: number;
  changedSeq: number;
  id: string;
  kind: 'message' | 'joined' | 'left';
  senderId: string;
  senderName: string;
  isBot?: true;
  /** The client's key of a message, if it has one, or the version of a join or leave. */
  clientKey: string | null;
  content: string;
  replyTo: string | null;
  isEncrypted: boolean;
  /** A reply in a thread: the `seq` of the message that begins it. */
  threadRootSeq: number | null;
  /** A reply in a thread that is also a message of the room; else null. */
  alsoInRoom: true | null;
  reactions: ReactionCount[] | null;
  /** `created`: joined with the room's creation. */
  reason: 'left' | 'removed' | 'created' | null;
  /** Null: the text has no sign of a mention, or comes from an earlier release. */
  mentions: StoredMention[] | null;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  pinnedAt: Date | null;
  pinnedBy: string | null;
}

/** Messages of a room with distinct times within one millisecond. */
export const timesPerMs = 1_000;

/**
 * A message's time in microseconds: the millisecond in which it was stored, then the last three
 * digits of its `seq`. Messages of a room that share a millisecond still have distinct times, so a
 * time identifies a message as its `seq` does.
 */
const timeOf = ({ createdAt, seq }: TimelineRow): string =>
  createdAt.toISOString().replace('Z', `${String(seq % timesPerMs).padStart(3, '0')}Z`);

export function toMessage(row: TimelineRow): Message {
  return {
    id: row.id,
    roomId: row.roomId,
    seq: row.seq,
    changedSeq: row.changedSeq,
    userId: row.senderId,
    username: row.senderName,
    ...(row.isBot && { isBot: true as const }),
    content: row.content,
    clientId: row.clientKey,
    replyTo: row.replyTo,
    isEncrypted: row.isEncrypted,
    ...(row.threadRootSeq !== null && {
      threadRootSeq: row.threadRootSeq,
      ...(row.alsoInRoom && { alsoInRoom: true }),
    }),
    reactions: row.reactions ?? [],
    ...(row.mentions && toMentionFields(row.mentions)),
    ...(row.pinnedAt && { pinned: { userId: row.pinnedBy ?? '', at: row.pinnedAt.toISOString() } }),
    createdAt: timeOf(row),
    editedAt: row.editedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
  };
}

const membershipKeyPrefix = 'member ';

/**
 * Identifies a membership change by its version, so a repeated event stores one row. A client's key
 * cannot contain a space.
 */
export const membershipKey = (version: number): string => membershipKeyPrefix + version;

/** The change that created the row. */
export function toCreation(row: TimelineRow, to: string[] | null): Change {
  const base = { roomId: row.roomId, seq: row.seq, ...(to && { to }) };
  if (row.kind === 'message') return { ...base, kind: 'message.created', message: toMessage(row) };
  return {
    ...base,
    kind: row.kind === 'joined' ? 'member.joined' : 'member.left',
    by: { userId: row.senderId, username: row.senderName, ...(row.isBot && { isBot: true as const }) },
    reason: row.reason === 'created' ? null : row.reason,
    ...(row.reason === 'created' && { atCreation: true }),
    version: Number(row.clientKey?.slice(membershipKeyPrefix.length)),
    time: row.createdAt.toISOString(),
  };
}

/** The row's last change, with its current state. */
export function toUpdate(row: TimelineRow, to: string[] | null): Change {
  const kind = row.deletedAt ? 'message.deleted' : 'message.edited';
  return { roomId: row.roomId, seq: row.changedSeq, ...(to && { to }), kind, message: toMessage(row) };
}

/** The row's creation and last change, as far as `isWithin` holds for their numbers. */
export function toChanges(
  row: TimelineRow,
  to: string[] | null,
  isWithin: (seq: number) => boolean,
): { at: number; change: Change }[] {
  const { seq, changedSeq } = row;
  return [
    ...(isWithin(seq) ? [{ at: seq, change: toCreation(row, to) }] : []),
    ...(changedSeq !== seq && isWithin(changedSeq) ? [{ at: changedSeq, change: toUpdate(row, to) }] : []),
  ];
}

/**
 * The number at which a client learns of the row that has everything up to `after`: a new row at
 * its creation, a known one at its last change.
 */
export const placeOf = ({ seq, changedSeq }: TimelineRow, after: number): number =>
  seq > after ? seq : changedSeq;

/** The row as `sync` returns it. */
export function toSyncChange(row: TimelineRow): SyncChange {
  if (row.kind === 'message') return { kind: 'message', seq: row.changedSeq, message: toMessage(row) };
  return {
    kind: row.kind,
    seq: row.seq,
    userId: row.senderId,
    username: row.senderName,
    ...(row.isBot && { isBot: true as const }),
    time: row.createdAt.toISOString(),
    ...(row.reason === 'created' && { atCreation: true }),
  };
}

/** Bytes of a change in an answer to `sync` without its texts: names of fields, ids and times. */
const bytesAround = 690;

/**
 * An upper bound of the row's bytes as `sync` returns it. Encoding the whole row would cost more.
 */
export const bytesInSync = ({ content, senderName, clientKey, reactions, mentions }: TimelineRow): number =>
  bytesAround + Buffer.byteLength(JSON.stringify([content, senderName, clientKey, reactions, mentions]));
