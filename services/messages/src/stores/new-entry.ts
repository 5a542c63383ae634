import type { AppError } from '@parley/errors';
import type { TimelineRow } from '../domain/timeline-row.ts';

/** The columns of a new row that the caller gives: property, name and type. */
const columns = [
  ['roomId', 'room_id', 'uuid'],
  ['id', 'id', 'uuid'],
  ['kind', 'kind', 'text'],
  ['senderId', 'sender_id', 'uuid'],
  ['senderName', 'sender_name', 'text'],
  ['isBot', 'is_bot', 'boolean'],
  ['clientKey', 'client_key', 'text'],
  ['content', 'content', 'text'],
  ['replyTo', 'reply_to', 'uuid'],
  ['isEncrypted', 'is_encrypted', 'boolean'],
  ['reason', 'reason', 'text'],
  ['mentions', 'mentions', 'jsonb'],
] as const;

/** Those of a reply in a thread, in statements for batches that contain one. */
const threadColumns = ', thread_root uuid, also_in_room boolean';

/** A row to append to a timeline. */
export interface NewEntry extends Pick<TimelineRow, (typeof columns)[number][0]> {
  /** A message of the thread that the new one belongs to. */
  threadRoot?: string | undefined;
  alsoInRoom?: true | undefined;
  /** False: over the rate limit. Only a row already stored under the same key is returned. */
  allowed: boolean;
  /** See `additionalFields`. */
  additional: string | null;
}

/** Outcome of appending an entry. */
export type Appended =
  /** `people`: the two users of a direct room, else null. */
  | { outcome: 'stored' | 'repeated'; row: TimelineRow; people: string[] | null }
  /** The key was used before with other content. */
  | { outcome: 'conflict' }
  /** The room does not have the message it replies to. */
  | { outcome: 'no_such_reply' }
  /** The room does not have the message of the thread. */
  | { outcome: 'no_such_thread' }
  | { outcome: 'over_rate' }
  /** A condition of the write does not hold. */
  | { outcome: 'state_changed'; error: AppError }
  /** In the read model the room is missing or closed, or the sender may not write there. */
  | { outcome: 'not_admitted' };

/** The kinds of entries in a batch that its statement must support. */
export interface Features {
  replies: boolean;
  threads: boolean;
  mentions: boolean;
}

export const featuresOf = (entries: readonly NewEntry[]): Features => ({
  replies: entries.some(({ replyTo }) => replyTo !== null),
  threads: entries.some(({ threadRoot }) => threadRoot !== undefined),
  mentions: entries.some(({ mentions }) => (mentions?.length ?? 0) > 0),
});

/** Prepares a statement for each combination of features, under a name of its own. */
export function perFeatures<F extends Features, Prepared>(
  name: string,
  prepare: (name: string, features: F) => Prepared,
): (features: F) => Prepared {
  const known = new Map<string, Prepared>();
  return (features) => {
    const has = Object.entries(features).flatMap(([feature, value]) => (value ? [feature] : []));
    const key = [name, ...has].join('-');
    const prepared = known.get(key) ?? prepare(key, features);
    known.set(key, prepared);
    return prepared;
  };
}

/** The columns that are inserted as given, and their values from the table `numbered`. */
export const insertedColumns = ({ threads }: Features): { names: string; values: string } => {
  const names = columns.map(([, name]) => name).join(', ');
  if (!threads) return { names, values: names };
  return {
    names: `${names}, thread_root_seq, also_in_room`,
    values: `${names}, root_seq, also_in_room`,
  };
};

/**
 * The entries of a batch as the table `t`, numbered from 1 (`n`), from one JSON parameter: its
 * estimated size does not depend on its content, so one plan serves all batches.
 */
export const entriesAsTable = (parameter: string, { threads }: Features): string => `
  json_to_recordset(${parameter}::json) as t (
    n int, ${columns.map(([, name, type]) => `${name} ${type}`).join(', ')}, allowed boolean,
    additional text${threads ? threadColumns : ''})`;

/**
 * Joins the thread that an entry belongs to. A thread has one level, so that a reply to a reply
 * joins its root.
 */
export const joinThread = ({ threads }: Features): string =>
  threads
    ? `left join lateral (
         select coalesce(m.thread_root_seq, m.seq) as root_seq from timeline m
          where m.room_id = t.room_id and m.id = t.thread_root and m.kind = 'message' limit 1
       ) thread on true`
    : '';

/**
 * Columns that follow from an entry, for the tables `t` and `rooms r` and the joined thread. The
 * fingerprint of a message is the same in every release: parts that earlier releases do not know
 * are added only where they are present, in front, where nothing else begins like them.
 */
export const derivedColumns = ({ threads }: Features): string => `
  case when r.kind = 'direct'
       then (select array_agg(p.user_id) from members p where p.room_id = r.id) end as people,
  case when t.client_key is not null
       then md5(concat_ws('|', ${threads ? `${threadPart}, ` : ''}
                          t.reply_to, t.is_encrypted, t.content, t.additional))::uuid
       end as fingerprint${threads ? ', thread.root_seq' : ''}`;

const threadPart = `
  case when t.thread_root is not null then concat_ws(' ', 'thread', t.thread_root, t.also_in_room) end`;

/** Whether the sender, the member `w`, may add the entry. */
export const isAdmitted = `
  (t.kind <> 'message' or (r.closed_at is null and w.active and w.can_send) is true)`;

/** The value of the JSON parameter. */
export const toJson = (entries: readonly NewEntry[]): string => JSON.stringify(entries.map(toInput));

function toInput(entry: NewEntry, index: number): Record<string, unknown> {
  const { allowed, additional, threadRoot, alsoInRoom } = entry;
  const input: Record<string, unknown> = {
    n: index + 1,
    allowed,
    ...(additional !== null && { additional }),
    ...(threadRoot !== undefined && { thread_root: threadRoot, also_in_room: alsoInRoom }),
  };
  for (const [property, name] of columns) if (entry[property] !== null) input[name] = entry[property];
  return input;
}

/** The row that an entry has become. The caller knows all but its numbers. */
export function storedAs(
  { allowed: _, additional: __, threadRoot: ___, alsoInRoom, ...entry }: NewEntry,
  { seq, threadRootSeq }: { seq: number; threadRootSeq: number | null },
  now: Date,
): TimelineRow {
  return {
    ...entry,
    seq,
    changedSeq: seq,
    threadRootSeq,
    alsoInRoom: alsoInRoom ?? null,
    reactions: null,
    createdAt: now,
    editedAt: null,
    deletedAt: null,
    pinnedAt: null,
    pinnedBy: null,
  };
}
