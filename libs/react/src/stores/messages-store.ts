import {
  type Message,
  type MessageEvent,
  ParleyError,
  type PendingEvent,
  type PendingMessage,
  type ReactionEvent,
  type SessionEvents,
} from '@parley/client';
import type { Following } from './follower.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';
import { MessageActions } from './message-actions.ts';
import { lacksUsers, messageOf, storedMessage } from './message-changes.ts';
import { MessageLoader, type Range } from './message-loader.ts';
import { isSameMessagesState, type MessagesState, type Position, unopened } from './messages-state.ts';
import { type Part, PartLoads } from './part-loads.ts';
import type { RoomsStore } from './rooms-store.ts';
import { Throttle } from './throttle.ts';
import { Timeline } from './timeline.ts';

type Change = SessionEvents['edited'] | SessionEvents['deleted'] | ReactionEvent;

interface OpenOptions {
  pageSize?: number | undefined;
  /** Whether the same component was elsewhere before. */
  isMove?: boolean;
}

/** Many events of a busy room lead to this many renderings per second at most: 25. */
const showEveryMs = 40;
const defaultPageSize = 50;
/** More messages are not kept: those that are farthest from the reader can be loaded again. */
const maxMessages = 1_000;

/** The messages of a room: a consecutive part of it, which grows in both directions. */
export class MessagesStore extends LiveStore<MessagesState> {
  readonly actions: MessageActions;
  readonly #roomId: string;
  readonly #show = new Throttle(() => this.#showNow(), showEveryMs);
  #timeline = new Timeline('');
  #loader: MessageLoader | undefined;
  #following: Following | undefined;
  #pending: readonly PendingMessage[] = [];
  #position: Position | undefined;
  #pageSize = defaultPageSize;
  /** Whether the position has been taken. */
  #isOpening = false;
  #isOpen = false;
  #newSince = 0;
  /** As of the opening; `null`: nothing was unread. */
  #readSeq: number | null | undefined;
  /** Events that a load in flight may not know yet. */
  #meanwhile: (MessageEvent | Change)[] | undefined;
  readonly #loads = new PartLoads();
  /** Whether the reader goes back in time: then the messages at the end are dispensable. */
  #goesBack = false;

  constructor(login: Login, roomId: string, rooms: RoomsStore) {
    super(login, unopened);
    this.#roomId = roomId;
    this.actions = new MessageActions(() => this.live, roomId, rooms);
  }

  /**
   * Opens the room there. If it is open, jumps to a number, and elsewhere if that is a move.
   * Returns a function that ends the wish.
   */
  openAt(
    position: Position | undefined,
    { pageSize = defaultPageSize, isMove = false }: OpenOptions = {},
  ): () => void {
    this.#pageSize = pageSize;
    if (position === undefined) return () => undefined;
    this.#position = position;
    if (this.#isOpening && typeof position === 'number') void this.jumpTo(position);
    else if (this.#isOpening && isMove) this.#openAgain();
    return () => {
      if (this.#position === position) this.#position = undefined;
    };
  }

  readonly loadBefore = (): Promise<void> =>
    this.#once('before', async (loader, isLate) => {
      const { first } = this.#timeline;
      if (!first || !this.get().hasBefore) return;
      const { messages, hasBefore } = await loader.before(first.seq, this.#pageSize);
      if (!isLate()) this.#put(messages, { hasBefore }, 'last');
    });

  readonly loadAfter = (): Promise<void> =>
    this.#once('after', async (loader, isLate) => {
      const { last } = this.#timeline;
      if (!last || !this.get().hasAfter) return;
      const { messages, hasAfter } = await loader.after(last.seq, this.#pageSize);
      if (!isLate()) this.#put(messages, { hasAfter }, 'first');
    });

  /** Shows the messages around that number, from the server if they are not loaded. */
  readonly jumpTo = async (seq: number): Promise<void> => {
    const { first, last } = this.#timeline;
    const isLoaded = first && last && first.seq <= seq && seq <= last.seq;
    if (!isLoaded) await this.#open((loader) => loader.around(seq, this.#pageSize));
  };

  /** Shows the end of the room. Opens it again where it was to open, if that has failed. */
  readonly jumpToLatest = async (): Promise<void> => {
    const { hasAfter, loading } = this.get();
    if (this.live && !this.#isOpen && loading === null) return this.#openFirst(this.live);
    if (hasAfter || loading === 'first') await this.#open((loader) => loader.latest(this.#pageSize));
  };

  /** Shows the message at once as a pending one, and the end of the room. @throws ParleyError */
  readonly send = (content: string, options: { replyTo?: string } = {}): PendingMessage => {
    const pending = this.actions.post(content, options);
    if (this.get().hasAfter) void this.jumpToLatest();
    return pending;
  };

  /** Marks the room read up to that message, or to its end. @throws ParleyError */
  readonly markRead = (messageId?: string): Promise<void> =>
    this.actions.markRead(messageId, messageId ? this.#timeline.find(messageId)?.seq : undefined);

  protected start(live: Live, lifetime: Lifetime): void {
    this.#timeline = new Timeline(live.userId);
    this.#loader = new MessageLoader(live.client, this.#roomId);
    this.#pending = live.session.pending(this.#roomId);
    this.#readSeq = undefined;
    this.#newSince = 0;
    this.#isOpening = false;
    this.#isOpen = false;
    lifetime.onEnd(() => this.#stop());
    const on = <E extends keyof SessionEvents>(name: E, apply: (event: SessionEvents[E]) => void) =>
      listen(live, lifetime, name, (event) => {
        if ((event as { roomId: string }).roomId === this.#roomId) apply(event);
      });
    on('message', (event) => this.#received(live, event));
    for (const name of ['edited', 'deleted', 'reaction'] as const) on(name, (event) => this.#changed(event));
    for (const name of ['joined', 'left'] as const)
      on(name, (event) => {
        this.#timeline.addPassage(event);
        this.#show.request();
      });
    on('reset', () => {
      this.#timeline.reset();
      this.#isOpen = false;
      void this.#openFirst(live);
    });
    on('added', () => void this.#openFirst(live));
    on('removed', ({ reason }) => {
      this.patch({ error: new ParleyError(reason, 'You do not belong to this room any more.') });
    });
    listen(live, lifetime, 'pending', (event) => {
      if (event.message.roomId === this.#roomId) this.#pendingChanged(live, event);
    });
    onReturn(live, lifetime, () => {
      if (!this.#isOpen) void this.#openFirst(live);
    });
    // Lets all components of one rendering say where they want the room to open.
    queueMicrotask(() => {
      if (!lifetime.isOver) void this.#openFirst(live);
    });
  }

  /** A store that does not run keeps no messages. */
  #stop(): void {
    this.#loads.supersede();
    this.#show.cancel();
    this.#following?.release();
    this.#following = undefined;
    this.#meanwhile = undefined;
    this.#pending = [];
    this.#timeline = new Timeline('');
  }

  /** Opens the room where it is wanted. */
  async #openFirst({ follower }: Live): Promise<void> {
    this.#following?.release();
    const following = follower.follow(this.#roomId);
    this.#following = following;
    const position = this.#position ?? 'latest';
    this.#isOpening = true;
    await this.#open(async (loader) => {
      // Later events are not missed from here on.
      const [readSeq] = await Promise.all([loader.readSeq(), following.ready]);
      this.#readSeq ??= readSeq ?? null;
      if (typeof position === 'number') return loader.around(position, this.#pageSize);
      if (position === 'unread' && readSeq !== undefined) return loader.around(readSeq + 1, this.#pageSize);
      return loader.latest(this.#pageSize);
    });
  }

  /** As if the room had not been open: what is unread now is unread. */
  #openAgain(): void {
    const { live } = this;
    if (!live) return;
    this.#readSeq = undefined;
    this.patch({ firstUnreadSeq: null });
    void this.#openFirst(live);
  }

  /** Replaces everything. */
  async #open(load: (loader: MessageLoader) => Promise<Range>): Promise<void> {
    this.#loads.supersede();
    await this.#once('first', async (loader, isLate) => {
      const { messages, ...range } = await load(loader);
      if (isLate()) return;
      this.#isOpen = true;
      this.#timeline.clear();
      this.#put(messages, range);
    });
  }

  #once(part: Part, work: (loader: MessageLoader, isLate: () => boolean) => Promise<void>): Promise<void> {
    const loader = this.#loader;
    if (!this.live || !loader) return Promise.resolve();
    return this.#loads.run(part, async (isLate) => {
      this.#meanwhile = [];
      this.patch({ loading: part });
      try {
        await work(loader, isLate);
        if (!isLate()) this.patch({ loading: null, error: null });
      } catch (error) {
        if (!isLate()) this.patch({ loading: null, error: ParleyError.from(error) });
      }
      if (!isLate()) this.#meanwhile = undefined;
    });
  }

  /**
   * Adds a page, and what has happened since it was requested.
   * @param far the end that is away from the page; there, messages beyond the maximum are forgotten
   */
  #put(messages: readonly Message[], range: Partial<MessagesState>, far?: 'first' | 'last'): void {
    this.#goesBack = far === 'last';
    this.#timeline.put(messages);
    const hasAfter = range.hasAfter ?? this.get().hasAfter;
    const { last } = this.#timeline;
    for (const event of this.#meanwhile ?? []) {
      if (event.type !== 'message') this.#timeline.change(idOf(event), event);
      else if (!hasAfter && event.seq > (last?.seq ?? 0)) this.#timeline.put([messageOf(event)]);
    }
    if (!hasAfter) this.#newSince = 0;
    const isCut = far !== undefined && this.#timeline.trim(maxMessages, far);
    this.#showNow(isCut ? { ...range, [far === 'last' ? 'hasAfter' : 'hasBefore']: true } : range);
  }

  #received(live: Live, event: MessageEvent): void {
    this.#meanwhile?.push(event);
    if (!this.#isOpen || this.get().loading === 'first') return;
    if (this.#goesBack && this.#timeline.size >= maxMessages) this.patch({ hasAfter: true });
    if (!this.get().hasAfter) {
      this.#timeline.put([messageOf(event)]);
      // A page that is being loaded belongs before the present first message.
      if (this.get().loading === null && this.#timeline.trim(maxMessages, 'first'))
        this.patch({ hasBefore: true });
    } else if (event.userId !== live.userId) this.#newSince += 1;
    this.#show.request();
  }

  #changed(event: Change): void {
    this.#meanwhile?.push(event);
    const message = this.#timeline.find(idOf(event));
    const isIncomplete = message && event.type === 'reaction' && lacksUsers(event, message);
    if (!this.#timeline.change(idOf(event), event)) return;
    this.#show.request();
    if (isIncomplete) void this.#reload(message.id);
  }

  async #reload(messageId: string): Promise<void> {
    const { live, lifetime } = this;
    const message = await live?.client.message(this.#roomId, messageId).catch(() => undefined);
    if (!message || lifetime?.isOver !== false || !this.#timeline.find(messageId)) return;
    this.#timeline.put([message]);
    this.#show.request();
  }

  /** A stored message stays in its place until its event arrives. */
  #pendingChanged(live: Live, event: PendingEvent): void {
    this.#pending = live.session.pending(this.#roomId);
    const { hasAfter, loading } = this.get();
    if (event.state === 'stored' && this.#isOpen && !hasAfter && loading !== 'first')
      this.#timeline.put([storedMessage(event.message, event.sent, live)]);
    this.#show.run();
  }

  #showNow(change: Partial<MessagesState> = {}): void {
    if (!this.live) return;
    const before = this.get();
    const state = { ...before, ...change };
    const items = this.#timeline.items(!state.hasBefore, !state.hasAfter, this.#pending);
    const firstUnreadSeq = state.firstUnreadSeq ?? this.#timeline.firstUnread(this.#readSeq, state.hasBefore);
    const newSince = this.#newSince;
    const next = { ...state, items, newSince, firstUnreadSeq };
    if (!isSameMessagesState(before, next)) this.set(next);
  }
}

const idOf = (event: Change): string => (event.type === 'reaction' ? event.messageId : event.id);
