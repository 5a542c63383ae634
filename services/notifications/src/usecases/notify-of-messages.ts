import { type Change, type ChangeOf, type Message, makeEvent } from '@parley/contracts';
import type { Database, Outbox } from '@parley/database';
import type { Clock } from '@parley/runtime';
import { mentionedNames } from '../domain/mentions.ts';
import { countMessages } from '../domain/message-note.ts';
import type { NotificationStore } from '../stores/notification-store.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { FindWatchers, Watch } from './find-watchers.ts';
import type { KnowRooms } from './know-rooms.ts';

interface Deps {
  db: Database;
  outbox: Outbox;
  rooms: RoomStore;
  notifications: NotificationStore;
  knowRooms: KnowRooms;
  findWatchers: FindWatchers;
  newId: () => string;
  clock: Clock;
  /** In rooms with more members, only those mentioned are notified. */
  notifyAllUpTo: number;
}

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
 */
export class NotifyOfMessages {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @param changes in order within each room */
  async run(changes: readonly Change[]): Promise<void> {
    const created = changes.filter(isOf('message.created'));
    const rewritten = changes.filter(isOf('message.edited', 'message.deleted'));
    const reads = new ReadSeqs(changes.filter((change) => change.kind === 'read.advanced'));
    const roomIds = [...new Set([...created, ...rewritten].map((change) => change.roomId))];
    await this.#deps.knowRooms.run(roomIds);
    for (let first = 0; first < roomIds.length; first += roomsAtOnce) {
      const chunk = new Set(roomIds.slice(first, first + roomsAtOnce));
      const ofChunk = (change: Change) => chunk.has(change.roomId);
      await this.#notify([...chunk], created.filter(ofChunk), rewritten.filter(ofChunk), reads);
    }
    if (reads.positions.length > 0)
      await this.#deps.outbox.transact((trx) => this.#deps.notifications.markRoomsRead(trx, reads.positions));
  }

  async #notify(
    roomIds: readonly string[],
    created: readonly MessageChange[],
    rewritten: readonly MessageChange[],
    reads: ReadSeqs,
  ): Promise<void> {
    const { outbox, rooms, notifications, newId, clock } = this.#deps;
    const recipients = await this.#recipientsOf(created.map(({ message }) => message));
    await outbox.transact(async (trx, add) => {
      const locked = new Map((await rooms.lock(trx, roomIds)).map((room) => [room.id, room]));
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
          return countMessages(room, messages, recipients, (userId) => reads.of(room.id, userId));
        });
        const now = clock();
        for (const delivered of await notifications.addMessages(trx, notes, new Date(now)))
          add(makeEvent('notification.created', delivered, { id: newId(), now }));
        await rooms.savePublishedSeqs(trx, published);
      }
      const shown = rewritten.flatMap(({ roomId, message }) => {
        const room = locked.get(roomId);
        return room ? [{ room, message }] : [];
      });
      if (shown.length > 0) await notifications.rewriteMessages(trx, shown);
    });
  }

  /** Calls a gateway, so it must not run while rooms are locked. */
  async #recipientsOf(messages: readonly Message[]): Promise<(message: Message) => string[]> {
    const { db, rooms, notifyAllUpTo, findWatchers } = this.#deps;
    const roomIds = [...new Set(messages.map(({ roomId }) => roomId))];
    if (roomIds.length === 0) return () => [];
    const small = await rooms.smallRooms(db, roomIds, notifyAllUpTo);
    const mentions = messages
      .filter((message) => !small.has(message.roomId) && !message.isEncrypted)
      .map(({ id, roomId, content }) => ({ messageId: id, roomId, names: mentionedNames(content) }))
      .filter(({ names }) => names.length > 0);
    const mentioned = mentions.length > 0 ? await rooms.named(db, mentions) : new Map<string, string[]>();
    const concerned = ({ id, roomId }: Message) => small.get(roomId) ?? mentioned.get(id) ?? [];
    const watches = messages.flatMap((message) =>
      concerned(message).map((userId) => ({ roomId: message.roomId, userId })),
    );
    const isWatching = await findWatchers.run(uniqueWatches(watches));
    return (message) =>
      concerned(message).filter((userId) => !isWatching({ roomId: message.roomId, userId }));
  }
}

const uniqueWatches = (watches: readonly Watch[]): Watch[] => [
  ...new Map(watches.map((watch) => [watch.roomId + watch.userId, watch])).values(),
];

/** Read positions in the batch, by room and user. */
class ReadSeqs {
  readonly #seqs = new Map<string, { roomId: string; userId: string; seq: number }>();

  constructor(changes: readonly ChangeOf<'read.advanced'>[]) {
    for (const { position } of changes) {
      const { roomId, userId, seq } = position;
      if (seq > this.of(roomId, userId)) this.#seqs.set(roomId + userId, { roomId, userId, seq });
    }
  }

  of(roomId: string, userId: string): number {
    return this.#seqs.get(roomId + userId)?.seq ?? -1;
  }

  get positions() {
    return [...this.#seqs.values()];
  }
}
