import type { Change, Message, ReactionCount, SyncChange } from '@parley/contracts';

/** One row of a timeline, as stored. */
export interface TimelineRow {
  roomId: string;
  seq: number;
  changedSeq: number;
  id: string;
  kind: 'message' | 'joined' | 'left';
  senderId: string;
  senderName: string;
  /** The client's key of a message, if it has one, or the version of a join or leave. */
  clientKey: string | null;
  content: string;
  replyTo: string | null;
  isEncrypted: boolean;
  reactions: ReactionCount[] | null;
  reason: 'left' | 'removed' | null;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
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
    content: row.content,
    clientId: row.clientKey,
    replyTo: row.replyTo,
    isEncrypted: row.isEncrypted,
    reactions: row.reactions ?? [],
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
    by: { userId: row.senderId, username: row.senderName },
    reason: row.reason,
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

/** The row as `sync` returns it. */
export function toSyncChange(row: TimelineRow): SyncChange {
  if (row.kind === 'message') return { kind: 'message', seq: row.changedSeq, message: toMessage(row) };
  return {
    kind: row.kind,
    seq: row.seq,
    userId: row.senderId,
    username: row.senderName,
    time: row.createdAt.toISOString(),
  };
}

/** Bytes of a change in an answer to `sync` without its texts: names of fields, ids and times. */
const bytesAround = 480;

/**
 * An upper bound of the row's bytes as `sync` returns it. Encoding the whole row would cost more.
 */
export const bytesInSync = ({ content, senderName, clientKey, reactions }: TimelineRow): number =>
  bytesAround + Buffer.byteLength(JSON.stringify([content, senderName, clientKey, reactions]));
