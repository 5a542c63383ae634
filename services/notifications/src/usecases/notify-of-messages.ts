import { type Change, type ChangeOf, type Message, makeEvent } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import { mentionedNames } from '../domain/mentions.ts';
import { countMessages } from '../domain/message-note.ts';
import { addMessages, markRoomsRead, rewriteMessages } from '../stores/notifications.ts';
import { findNamedMembers, findSmallRooms, lockRooms, savePublishedSeqs } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { findWatchers, type Watch } from './find-watchers.ts';
import { knowRooms } from './know-rooms.ts';

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
  const recipients = await findRecipients(
    context,
    created.map(({ message }) => message),
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
    if (news.length > 0) {
      const notes = [...locked.values()].flatMap((room) => {
        const messages = news.filter((message) => message.roomId === room.id);
        return countMessages(room, messages, recipients, (userId) => readSeq(reads, room.id, userId));
      });
      const now = clock();
      for (const delivered of await addMessages(trx, notes, newId, new Date(now)))
        add(makeEvent('notification.created', delivered, { id: newId(), now }));
      await savePublishedSeqs(trx, published);
    }
    const shown = rewritten.flatMap(({ roomId, message }) => {
      const room = locked.get(roomId);
      return room ? [{ room, message }] : [];
    });
    if (shown.length > 0) await rewriteMessages(trx, shown);
  });
}

/** Calls a gateway, so it must not run while rooms are locked. */
async function findRecipients(
  context: Context,
  messages: readonly Message[],
): Promise<(message: Message) => string[]> {
  const { db, notifyAllUpTo } = context;
  const roomIds = [...new Set(messages.map(({ roomId }) => roomId))];
  if (roomIds.length === 0) return () => [];
  const small = await findSmallRooms(db, roomIds, notifyAllUpTo);
  const mentions = messages
    .filter((message) => !small.has(message.roomId) && !message.isEncrypted)
    .map(({ id, roomId, content }) => ({ messageId: id, roomId, names: mentionedNames(content) }))
    .filter(({ names }) => names.length > 0);
  const mentioned = mentions.length > 0 ? await findNamedMembers(db, mentions) : new Map<string, string[]>();
  const concerned = ({ id, roomId }: Message) => small.get(roomId) ?? mentioned.get(id) ?? [];
  const watches = messages.flatMap((message) =>
    concerned(message).map((userId) => ({ roomId: message.roomId, userId })),
  );
  const isWatching = await findWatchers(context, uniqueWatches(watches));
  return (message) => concerned(message).filter((userId) => !isWatching({ roomId: message.roomId, userId }));
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
