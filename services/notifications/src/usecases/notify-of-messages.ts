import { type Change, type ChangeOf, type Message, makeEvent } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import { countMessages } from '../domain/message-note.ts';
import { forgetMentions, recordMentions } from '../stores/mentions.ts';
import { addMessages, type Delivered, markRoomsRead, rewriteMessages } from '../stores/notifications.ts';
import { findSmallRooms, lockRooms, savePublishedSeqs } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { findMentions } from './find-mentions.ts';
import { findWatchers, type Watch } from './find-watchers.ts';
import { knowRooms } from './know-rooms.ts';
import { type Mentions, notifyOfMentions, pairsOf } from './notify-of-mentions.ts';

type MessageChange = Extract<Change, { message: Message }>;
const isOf =
  (...kinds: Change['kind'][]) =>
  (change: Change): change is MessageChange =>
    kinds.includes(change.kind);

/** Rooms per transaction. */
const roomsAtOnce = 100;

/**
 * Updates inboxes after changes in rooms. The number of statements per batch does not grow with
 * rooms or members. A repeated change is recognised by its number, since each room stores the `seq`
 * up to which notifications were published.
 * @param changes in order within each room
 */
export async function notifyOfMessages(context: Context, changes: readonly Change[]): Promise<void> {
  const created = changes.filter(isOf('message.created'));
  const rewritten = changes.filter(isOf('message.edited', 'message.deleted'));
  const reads = readPositions(changes.filter((change) => change.kind === 'read.advanced'));
  const roomIds = [...new Set([...created, ...rewritten].map((change) => change.roomId))];
  await knowRooms(context, roomIds);
  for (const chunk of chunks(roomIds, roomsAtOnce)) {
    const inChunk = new Set(chunk);
    const ofChunk = (change: Change) => inChunk.has(change.roomId);
    await notifyRooms(context, chunk, created.filter(ofChunk), rewritten.filter(ofChunk), reads);
  }
  if (reads.size > 0) await context.outbox.transact((trx) => markRoomsRead(trx, [...reads.values()]));
}

async function notifyRooms(
  context: Context,
  roomIds: readonly string[],
  created: readonly MessageChange[],
  rewritten: readonly MessageChange[],
  reads: ReadPositions,
): Promise<void> {
  const { outbox, newId, clock } = context;
  const edited = rewritten.filter(({ kind }) => kind === 'message.edited');
  const { mentions, isSmall, recipients } = await findAudience(
    context,
    created.map(({ message }) => message),
    edited.map(({ message }) => message),
  );
  await outbox.transact(async (trx, add) => {
    const locked = new Map((await lockRooms(trx, roomIds)).map((room) => [room.id, room]));
    // Closed rooms cause no new rows, but their existing rows are still rewritten.
    const published = new Map(
      [...locked.values()].flatMap((room) => (room.closed ? [] : [[room.id, room.publishedSeq] as const])),
    );
    const news = created.flatMap(({ roomId, message }) => {
      if (message.seq <= (published.get(roomId) ?? Number.POSITIVE_INFINITY)) return [];
      published.set(roomId, message.seq);
      return [message];
    });
    const now = clock();
    const publish = (delivered: readonly Delivered[]) => {
      for (const one of delivered) add(makeEvent('notification.created', one, { id: newId(), now }));
    };
    if (news.length > 0) {
      const notes = [...locked.values()].flatMap((room) => {
        const messages = news.filter((message) => message.roomId === room.id);
        return countMessages(room, messages, recipients, (userId) => readSeq(reads, room.id, userId));
      });
      publish(await addMessages(trx, notes, newId, new Date(now)));
      await savePublishedSeqs(trx, published);
      await recordMentions(trx, pairsOf(news, mentions));
    }
    const inRoom = (changes: readonly MessageChange[]) =>
      changes.flatMap(({ roomId, message }) => {
        const room = locked.get(roomId);
        return room ? [{ room, message }] : [];
      });
    const shown = inRoom(rewritten);
    if (shown.length > 0) await rewriteMessages(trx, shown);
    const mentioning = inRoom(edited).filter(({ room, message }) => !room.closed && mentions.has(message));
    if (mentioning.length > 0) {
      const needsNotification = (message: Message, userId: string) =>
        userId !== message.userId && recipients(message).includes(userId);
      const audience = { needsNotification, isCounted: isSmall };
      publish(await notifyOfMentions(trx, mentioning, mentions, audience, { newId, now: new Date(now) }));
    }
    const deleted = shown.filter(({ message }) => message.deletedAt !== null);
    if (deleted.length > 0)
      await forgetMentions(
        trx,
        deleted.map(({ message }) => message.id),
      );
  });
}

interface Audience {
  mentions: Mentions;
  isSmall: (roomId: string) => boolean;
  recipients: (message: Message) => readonly string[];
}

/**
 * Finds the users to notify: in small rooms of every message, in others of those that mention them,
 * and of edits everywhere only those that mention them. Calls a gateway, so it must not run while
 * rooms are locked.
 */
async function findAudience(
  context: Context,
  created: readonly Message[],
  edited: readonly Message[],
): Promise<Audience> {
  const messages = [...created, ...edited];
  const roomIds = [...new Set(messages.map(({ roomId }) => roomId))];
  if (roomIds.length === 0) return { mentions: new Map(), isSmall: () => false, recipients: () => [] };
  const small = await findSmallRooms(context.db, roomIds, context.notifyAllUpTo);
  const mentions = await findMentions(context, messages);
  const concerned = new Map<Message, readonly string[]>(mentions);
  for (const message of created) {
    const everyone = small.get(message.roomId);
    if (everyone) concerned.set(message, everyone);
  }
  const watches = [...concerned].flatMap(([{ roomId }, userIds]) =>
    userIds.map((userId) => ({ roomId, userId })),
  );
  const isWatching = await findWatchers(context, uniqueWatches(watches));
  return {
    mentions,
    isSmall: (roomId) => small.has(roomId),
    recipients: (message) =>
      (concerned.get(message) ?? []).filter((userId) => !isWatching({ roomId: message.roomId, userId })),
  };
}

const uniqueWatches = (watches: readonly Watch[]): Watch[] => [
  ...new Map(watches.map((watch) => [watch.roomId + watch.userId, watch])).values(),
];

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
