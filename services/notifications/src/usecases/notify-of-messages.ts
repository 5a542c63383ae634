import type { Change, ChangeOf, Message } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { chunks } from '@parley/runtime/async';
import { type MessageVersion, messageChanges } from '../domain/message-changes.ts';
import { type CountedMessage, countMessages, type NotedMessage, toNoted } from '../domain/message-note.ts';
import type { Room } from '../domain/room.ts';
import { addCounted, editCounted, forgetCounted, removeCounted } from '../stores/counted-messages.ts';
import { type HiddenMessage, hideMessages } from '../stores/hidden-messages.ts';
import { forgetMentions, recordMentions, recountMentions, updateMentions } from '../stores/mentions.ts';
import {
  addMessages,
  type Corrections,
  deriveRows,
  findRowsCounting,
  readRows,
  removeReadRows,
  rewriteRows,
} from '../stores/message-rows.ts';
import type { Delivered } from '../stores/notification-row.ts';
import { findJoins, type LockedRoom, lockRooms, savePublishedSeqs } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { type Audience, findAudience } from './find-audience.ts';
import { findBlockedEdits } from './find-blocked-edits.ts';
import { knowRooms } from './know-rooms.ts';
import { byMessageId, type Mentions, notifyOfMentions, pairsOf } from './notify-of-mentions.ts';

/** Rooms per transaction. */
const roomsAtOnce = 100;

/**
 * Updates inboxes after changes in rooms. The number of statements per batch does not grow with
 * rooms or members. A repeated message is recognised by its number, since each room stores the
 * `seq` up to which notifications were published; a repeated edit by the number of the change.
 * @param changes in order within each room
 */
export async function notifyOfMessages(context: Context, changes: readonly Change[]): Promise<void> {
  const { created, rewritten } = messageChanges(changes);
  const reads = readPositions(changes.filter((change) => change.kind === 'read.advanced'));
  const roomIds = [...new Set([...created, ...rewritten].map(({ message }) => message.roomId))];
  await knowRooms(context, roomIds);
  for (const chunk of chunks(roomIds, roomsAtOnce)) {
    const inChunk = new Set(chunk);
    const ofChunk = ({ message }: MessageVersion) => inChunk.has(message.roomId);
    await notifyRooms(context, created.filter(ofChunk), rewritten.filter(ofChunk), reads);
  }
  if (reads.size > 0) await readRooms(context, [...reads.values()]);
}

async function notifyRooms(
  context: Context,
  created: readonly MessageVersion[],
  rewritten: readonly MessageVersion[],
  reads: ReadPositions,
): Promise<void> {
  const { inbox, newId, clock } = context;
  const edited = rewritten.filter(({ message }) => !message.deletedAt);
  const { mentions, recipients } = await findAudience(
    context,
    created.map(({ message }) => message),
    edited.map(({ message }) => message),
  );
  const blocked = await findBlockedEdits(
    context,
    edited.map(({ message }) => message),
  );
  const concerned = roomsConcerned(rewritten, created, { mentions, recipients });
  const ofNobody = created.filter(({ message }) => !concerned.has(message.roomId));
  if (ofNobody.length > 0) await savePublishedSeqs(context.db, lastSeqs(ofNobody));
  if (concerned.size === 0) return;
  await inbox.transact(async (trx, add) => {
    const now = clock();
    const rooms = await lockRooms(trx, [...concerned]);
    add(await hideBlocked(trx, rooms, blocked, new Date(now)));
    add(await rewriteMessages(trx, rooms, rewritten, mentions, new Date(now)));
    const news = findNews(rooms, created);
    if (news.length > 0) {
      const isFor = await findSince(trx, news, recipients);
      const counted = news.flatMap((version) => toCounted(version, isFor, reads));
      const notes = rooms.flatMap((room) =>
        countMessages(
          room,
          counted.filter(({ roomId }) => roomId === room.id),
          byMessageId(mentions),
        ),
      );
      await addCounted(trx, counted);
      add({ created: await addMessages(trx, notes, newId, new Date(now)) });
      await savePublishedSeqs(trx, lastSeqs(news));
      const texts = news.map(({ message }) => message);
      await recordMentions(trx, pairsOf(texts, mentions));
    }
    const mentioning = edited.flatMap((version) => {
      const room = rooms.find(({ id }) => id === version.message.roomId);
      return room && !room.closed && mentions.has(version.message) ? [{ ...version, room }] : [];
    });
    if (mentioning.length === 0) return;
    const needsNotification = (message: Message, userId: string) => recipients(message).includes(userId);
    const ids = { newId, now: new Date(now) };
    const mentioned = await notifyOfMentions(trx, mentioning, mentions, needsNotification, ids);
    add({ created: mentioned });
  });
}

/**
 * The rooms whose inboxes may change. In many rooms everybody is viewing the messages, and only
 * their number is saved.
 */
function roomsConcerned(
  rewritten: readonly MessageVersion[],
  created: readonly MessageVersion[],
  { mentions, recipients }: Audience,
): Set<string> {
  const notifying = created.filter(
    ({ message }) => recipients(message).length > 0 || (mentions.get(message) ?? []).length > 0,
  );
  return new Set([...rewritten, ...notifying].map(({ message }) => message.roomId));
}

const lastSeqs = (versions: readonly MessageVersion[]): Map<string, number> =>
  new Map(versions.map(({ message }) => [message.roomId, message.seq]));

async function hideBlocked(
  trx: Queryable,
  locked: readonly LockedRoom[],
  blocked: readonly HiddenMessage[],
  now: Date,
): Promise<Corrections> {
  if (blocked.length === 0) return { updated: [], removed: [] };
  const { removed, unread } = await hideMessages(trx, blocked, now);
  const derived = await deriveRows(trx, new Map(locked.map((room) => [room.id, room])), unread, now);
  return { ...derived, removed: [...removed, ...derived.removed] };
}

/** Edits and deletions of messages that were counted before. */
async function rewriteMessages(
  trx: Queryable,
  locked: readonly LockedRoom[],
  rewritten: readonly MessageVersion[],
  mentions: Mentions,
  now: Date,
): Promise<Corrections> {
  const rooms = new Map(locked.map((room) => [room.id, room]));
  const edited = rewritten.flatMap(({ message, changedSeq }) => {
    const room = rooms.get(message.roomId);
    return room && !message.deletedAt ? [{ room, message: toNoted(message, changedSeq) }] : [];
  });
  const updated = edited.length > 0 ? await rewriteTexts(trx, edited, rewritten, mentions) : [];
  const gone = rewritten.flatMap(({ message }) => (message.deletedAt ? [message] : []));
  if (gone.length === 0) return { updated, removed: [] };
  await removeCounted(trx, gone);
  const derived = await deriveRows(trx, rooms, await findRowsCounting(trx, gone), now);
  const ids = gone.map(({ id }) => id);
  await forgetMentions(trx, ids);
  const removed = await removeReadRows(trx, ids, now);
  return {
    updated: [...updated, ...derived.updated],
    removed: [...derived.removed, ...removed],
  };
}

/** Returns the rows that show an edited message, or count other mentions than before. */
async function rewriteTexts(
  trx: Queryable,
  edited: readonly { room: Room; message: NotedMessage }[],
  versions: readonly MessageVersion[],
  mentions: Mentions,
): Promise<Delivered[]> {
  const current = await editCounted(
    trx,
    edited.map(({ message }) => message),
  );
  const texts = versions.flatMap(({ message }) =>
    current.has(message.id) ? [{ messageId: message.id, userIds: mentions.get(message) ?? [] }] : [],
  );
  const changed = texts.length > 0 ? await updateMentions(trx, texts) : [];
  const roomOf = new Map(edited.map(({ room, message }) => [message.id, room.id]));
  const recounted = await recountMentions(
    trx,
    changed.map(({ messageId, userId }) => ({ roomId: roomOf.get(messageId) ?? '', userId })),
  );
  // Their texts last, with the new counts.
  const rows = [...recounted, ...(await rewriteRows(trx, edited))];
  return [...new Map(rows.map((row) => [row.notification.id, row])).values()];
}

/** Messages that notify for the first time. A closed room causes no new rows. */
function findNews(rooms: readonly LockedRoom[], created: readonly MessageVersion[]): MessageVersion[] {
  const published = new Map(
    rooms.flatMap((room) => (room.closed ? [] : [[room.id, room.publishedSeq] as const])),
  );
  return created.filter(
    ({ message }) => message.seq > (published.get(message.roomId) ?? Number.POSITIVE_INFINITY),
  );
}

/**
 * Leaves out the users who joined after a message, which reaches this service with a delay. It is
 * not unread for them either (`GET /api/v1/unread`).
 */
async function findSince(
  trx: Queryable,
  news: readonly MessageVersion[],
  recipients: Audience['recipients'],
): Promise<Audience['recipients']> {
  const messages = news.map(({ message }) => message);
  const times = messages.map(({ createdAt }) => Date.parse(createdAt));
  const joins = await findJoins(trx, {
    roomIds: [...new Set(messages.map(({ roomId }) => roomId))],
    userIds: [...new Set(messages.flatMap((message) => recipients(message)))],
    since: new Date(times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY)),
  });
  return (message) =>
    recipients(message).filter(
      (userId) => Date.parse(message.createdAt) > Number(joins.get(message.roomId + userId) ?? 0),
    );
}

/** Nothing if the message was deleted within the batch, or if it notifies nobody. */
function toCounted(
  { message, changedSeq }: MessageVersion,
  recipients: Audience['recipients'],
  reads: ReadPositions,
): CountedMessage[] {
  const { deletedAt, roomId, seq } = message;
  const concerned = deletedAt
    ? []
    : recipients(message).filter((userId) => seq > readSeq(reads, roomId, userId));
  return concerned.length === 0 ? [] : [{ ...toNoted(message, changedSeq), recipients: concerned }];
}

async function readRooms(
  context: Context,
  positions: readonly { roomId: string; userId: string; seq: number }[],
): Promise<void> {
  const roomIds = [...new Set(positions.map(({ roomId }) => roomId))];
  await context.inbox.transact(async (trx, add) => {
    const rooms = new Map((await lockRooms(trx, roomIds)).map((room) => [room.id, room]));
    const { read, begun } = await readRows(trx, positions);
    const derived = await deriveRows(trx, rooms, begun, new Date(context.clock()));
    add({ ...derived, updated: [...read, ...derived.updated] });
    await forgetCounted(trx, roomIds);
  });
}

/** The latest read positions, by room and user. */
type ReadPositions = ReadonlyMap<string, { roomId: string; userId: string; seq: number }>;

function readPositions(changes: readonly ChangeOf<'read.advanced'>[]): ReadPositions {
  const latest = new Map<string, { roomId: string; userId: string; seq: number }>();
  for (const { position } of changes) {
    const { roomId, userId, seq } = position;
    if (seq > readSeq(latest, roomId, userId)) latest.set(roomId + userId, { roomId, userId, seq });
  }
  return latest;
}

const readSeq = (reads: ReadPositions, roomId: string, userId: string): number =>
  reads.get(roomId + userId)?.seq ?? -1;
