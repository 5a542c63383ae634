import {
  type Operations,
  ParleyError,
  type ReadEvent,
  type RoomView,
  type SessionEvents,
} from '@parley/client';
import type { AccountStore } from './account-store.ts';
import { debounce } from './debounce.ts';
import { lastMessages, threadsOf } from './last-messages.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';
import { doesMention, isInRoom } from './message-changes.ts';
import { afterUpdate, isSame, isSameList } from './room-changes.ts';
import { byPlace, RoomEntry, type RoomSummary } from './room-entry.ts';
import { type Head, headsOf } from './room-heads.ts';
import { countUnread } from './unread-counts.ts';
import type { UserNamesStore } from './user-names-store.ts';

export interface UnreadCounts {
  /** Without muted rooms. */
  total: number;
  mentions: number;
  /** For the icon or the title of an application: what is unread and notifies, by the settings. */
  badge: number;
  byRoom: Record<string, number>;
}

export interface RoomsState {
  /**
   * The user's rooms: those to which they have given an order, then the others, the one with the
   * newest activity first.
   */
  rooms: RoomSummary[];
  loading: boolean;
  error: ParleyError | null;
  /** Whether the list is not complete yet. Its further pages are loaded in the background. */
  hasMore: boolean;
  unread: UnreadCounts;
}

type UnreadRoom = Operations['getUnread']['output']['rooms'][number];

const initial: RoomsState = {
  rooms: [],
  loading: true,
  error: null,
  hasMore: false,
  unread: { total: 0, mentions: 0, badge: 0, byRoom: {} },
};

const roomsPerPage = 200;
/** Below the server's limit of rooms per connection. Further rooms are current as of each load. */
const maxFollowed = 450;
/** Events of one moment change the list once. */
const showAfterMs = 50;
/** The longest time that a timer can wait. */
const maxTimerMs = 2 ** 31 - 1;

/** The user's rooms with their unread counts and last messages. Follows all of them. */
export class RoomsStore extends LiveStore<RoomsState> {
  readonly #userNames: UserNamesStore;
  readonly #account: AccountStore;
  readonly #entries = new Map<string, RoomEntry>();
  #recount: () => void = () => undefined;
  #show: () => void = () => undefined;
  #unmuting: ReturnType<typeof setTimeout> | undefined;
  #loading = 0;

  constructor(login: Login, userNames: UserNamesStore, account: AccountStore) {
    super(login, initial);
    this.#userNames = userNames;
    this.#account = account;
  }

  /** The user's direct room with that user, if the list has it. */
  directRoomWith(userId: string): string | undefined {
    for (const [roomId, { room }] of this.#entries) if (room.peer?.userId === userId) return roomId;
    return undefined;
  }

  /** The room as the list knows it; null: the list does not have it. */
  find(roomId: string): RoomView | null {
    return this.#entries.get(roomId)?.room ?? null;
  }

  /** The user has read the room up to that number, or all of it. */
  markedRead(roomId: string, seq?: number): void {
    const entry = this.#entries.get(roomId);
    if (entry && this.#read(entry, { seq: seq ?? Math.max(entry.seq, entry.lastMessage?.seq ?? 0) }))
      this.#show();
  }

  readonly #refresh = (): void => {
    const { live, lifetime } = this;
    if (live && lifetime) void this.#load(live, lifetime);
  };
  readonly methods = { refresh: this.#refresh, loadMore: this.#refresh };

  protected start(live: Live, lifetime: Lifetime): void {
    this.#entries.clear();
    this.#loading = 0;
    lifetime.onEnd(this.#userNames.use());
    this.#recount = debounce(() => void this.#count(live, lifetime), lifetime);
    let shown: ReturnType<typeof setTimeout> | undefined;
    this.#show = () => {
      shown ??= setTimeout(() => {
        shown = undefined;
        this.#showNow();
      }, showAfterMs);
    };
    lifetime.onEnd(() => {
      clearTimeout(shown);
      clearTimeout(this.#unmuting);
      for (const { following } of this.#entries.values()) following?.release();
      this.#entries.clear();
    });
    lifetime.onEnd(this.#account.subscribe(this.#show));
    this.#listen(live, lifetime);
    onReturn(live, lifetime, () => void this.#load(live, lifetime));
    void this.#load(live, lifetime);
  }

  #listen(live: Live, lifetime: Lifetime): void {
    const on = <E extends keyof SessionEvents>(
      name: E,
      apply: (entry: RoomEntry, event: SessionEvents[E]) => boolean,
    ) =>
      listen(live, lifetime, name, (event) => {
        const entry = this.#entries.get((event as { roomId: string }).roomId);
        if (entry && apply(entry, event)) this.#show();
      });
    on('message', (entry, event) => entry.received(event, live.userId, isInRoom(live.client, event)));
    on('edited', (entry, event) => {
      if (entry.mentions > 0 || doesMention(event, live.userId)) this.#recount();
      return entry.changed(event);
    });
    on('deleted', (entry, event) => {
      if (entry.unread > 0 || entry.mentions > 0) this.#recount();
      return entry.changed(event);
    });
    on('joined', (entry, { atCreation }) => !atCreation && this.#members(entry, 1));
    on('left', (entry) => this.#members(entry, -1));
    on('updated', (entry, event) => {
      entry.room = afterUpdate(entry.room, event);
      return true;
    });
    on('read', (entry, event) => event.userId === live.userId && this.#read(entry, event));
    listen(live, lifetime, 'added', ({ roomId }) => void this.#add(live, lifetime, roomId));
    listen(live, lifetime, 'removed', ({ roomId }) => {
      this.#entries.get(roomId)?.following?.release();
      if (this.#entries.delete(roomId)) this.#show();
    });
    listen(live, lifetime, 'reset', ({ roomId }) => {
      const entry = this.#entries.get(roomId);
      if (entry) Object.assign(entry, { seq: 0, readHead: 0, readSeq: undefined, lastMessage: undefined });
      void this.#load(live, lifetime);
    });
  }

  #members(entry: RoomEntry, change: number): boolean {
    entry.room = { ...entry.room, memberCount: entry.room.memberCount + change };
    return true;
  }

  #read(entry: RoomEntry, { seq }: Pick<ReadEvent, 'seq'>): boolean {
    if (!entry.readTo(seq)) return false;
    const isRead = seq >= (entry.lastMessage?.seq ?? entry.seq);
    if (isRead) entry.unread = 0;
    // A message before the last one may mention the user since it was edited.
    if (isRead && seq >= entry.seq) entry.mentions = 0;
    else if (!isRead || entry.mentions > 0) this.#recount();
    return true;
  }

  async #load(live: Live, lifetime: Lifetime): Promise<void> {
    const number = ++this.#loading;
    const isCurrent = () => !lifetime.isOver && number === this.#loading;
    this.patch({ loading: true });
    try {
      const heads = await headsOf(live);
      const missing = new Set(this.#entries.keys());
      let cursor: string | undefined;
      do {
        const page = await live.client.rooms({ mine: true, limit: roomsPerPage, ...(cursor && { cursor }) });
        if (!isCurrent()) return;
        this.#userNames.learn(page.rooms.flatMap(({ peer }) => peer ?? []));
        for (const room of page.rooms) {
          missing.delete(room.id);
          this.#put(live, room, heads.get(room.id));
        }
        cursor = page.nextCursor ?? undefined;
        this.patch({ error: null, hasMore: cursor !== undefined });
        this.#showNow();
      } while (cursor);
      for (const roomId of missing) {
        this.#entries.get(roomId)?.following?.release();
        this.#entries.delete(roomId);
      }
      await this.#count(live, lifetime);
      await this.#findLast(live, [...this.#entries.values()], isCurrent);
    } catch (error) {
      if (isCurrent()) this.patch({ error: ParleyError.from(error) });
    }
    if (!isCurrent()) return;
    this.patch({ loading: false });
    this.#showNow();
  }

  #put(live: Live, room: RoomView, head: Head | undefined): RoomEntry {
    const entry = this.#entries.get(room.id) ?? new RoomEntry(room);
    this.#entries.set(room.id, entry);
    if (!isSame(entry.room, room)) entry.room = room;
    if (head && entry.seq === 0) Object.assign(entry, { seq: head.seq, readHead: head.readSeq });
    if (!entry.following && this.#entries.size <= maxFollowed) {
      const isFollowed = live.follower.has(room.id);
      entry.following = live.follower.follow(room.id, head?.seq);
      // Another store has joined it, perhaps after the head.
      if (isFollowed) entry.following.ready.then(this.#recount, () => undefined);
    }
    return entry;
  }

  async #add(live: Live, lifetime: Lifetime, roomId: string): Promise<void> {
    try {
      const room = await live.client.room(roomId);
      if (lifetime.isOver) return;
      if (room.peer) this.#userNames.learn([room.peer]);
      const entry = this.#put(live, room, undefined);
      await entry.following?.ready;
      await this.#findLast(live, [entry], () => !lifetime.isOver && this.#entries.get(roomId) === entry);
    } catch {
      // The user has left it meanwhile, or the next load adds it.
    }
    if (lifetime.isOver) return;
    this.#recount();
    this.#show();
  }

  /** Takes the counts of the server. Rooms that have changed meanwhile are counted again. */
  async #count(live: Live, lifetime: Lifetime): Promise<void> {
    const before = new Map(
      [...this.#entries].map(([roomId, { seq, readSeq = 0 }]) => [roomId, { seq, readSeq }]),
    );
    let rooms: UnreadRoom[];
    try {
      ({ rooms } = await live.client.api.getUnread(threadsOf(live.client)));
    } catch {
      return;
    }
    if (lifetime.isOver) return;
    const counts = new Map(rooms.map((room) => [room.roomId, room]));
    for (const [roomId, entry] of this.#entries) {
      const count = counts.get(roomId);
      const known = before.get(roomId) ?? { seq: 0, readSeq: 0 };
      if (entry.seq > (count?.seq ?? known.seq) || (entry.readSeq ?? 0) > known.readSeq) {
        this.#recount();
        continue;
      }
      entry.unread = count?.unread ?? 0;
      entry.mentions = count?.mentions ?? 0;
      if (!count) continue;
      entry.seq = count.seq;
      entry.readTo(count.readSeq);
    }
    this.#show();
  }

  async #findLast(live: Live, entries: RoomEntry[], isCurrent: () => boolean): Promise<void> {
    const unknown = entries.filter(({ lastMessage }) => lastMessage === undefined);
    const found = await lastMessages(
      live.client,
      unknown.map(({ room, seq, readHead }) => ({ roomId: room.id, seq, readSeq: readHead })),
    );
    if (!isCurrent()) return;
    for (const entry of unknown) {
      const message = found.get(entry.room.id);
      if (message !== undefined && entry.lastMessage === undefined) entry.lastMessage = message;
    }
    this.#show();
  }

  #showNow(): void {
    const { account } = this.#account.get();
    const now = Date.now();
    const entries = [...this.#entries.values()];
    for (const entry of entries) if (account) entry.applySettings(account, now);
    const rooms = entries.map(({ summary }) => summary).sort(byPlace);
    // A mute ends without an event.
    const unmuteAt = Math.min(...entries.map((entry) => entry.unmuteAt));
    clearTimeout(this.#unmuting);
    this.#unmuting = setTimeout(this.#show, Math.min(unmuteAt - now, maxTimerMs));
    const before = this.get();
    if (isSameList(rooms, before.rooms)) return;
    const unread = countUnread(rooms);
    this.patch({ rooms, unread: isSame(unread, before.unread) ? before.unread : unread });
  }
}
