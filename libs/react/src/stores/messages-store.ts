import { type Mentions, ParleyError, type PendingMessage, verifyCopy } from '@parley/client';
import type { Following } from './follower.ts';
import { threadsOf } from './last-messages.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn, required } from './live.ts';
import { LoadedMessages } from './loaded-messages.ts';
import { type MessageLoader, messageLoader, type Range } from './message-loader.ts';
import type { MessageScope, PostOptions } from './message-scope.ts';
import type { Position } from './messages-state.ts';
import { type Part, PartLoads } from './part-loads.ts';
import { Timeline } from './timeline.ts';

interface OpenOptions {
  pageSize?: number | undefined;
  /** Whether the same component was elsewhere before. */
  isMove?: boolean;
}

const defaultPageSize = 50;
/** After a longer absence, the loaded messages are compared with the server, and repaired. */
const longAbsenceMs = 300_000;

/** Messages of a room or thread: a consecutive part of it, which grows in both directions. */
export class MessagesStore extends LoadedMessages {
  readonly methods = {
    loadBefore: (): Promise<void> =>
      this.#once('before', async (loader, isLate) => {
        const { first } = this.timeline;
        if (!first || !this.get().hasBefore) return;
        const { messages, hasBefore } = await loader.before(first.seq, this.#pageSize);
        if (!isLate()) this.put(messages, { hasBefore }, 'last');
      }),

    loadAfter: (): Promise<void> =>
      this.#once('after', async (loader, isLate) => {
        const { last } = this.timeline;
        if (!last || !this.get().hasAfter) return;
        const { messages, hasAfter } = await loader.after(last.seq, this.#pageSize);
        if (!isLate()) this.put(messages, { hasAfter }, 'first');
      }),

    /** Shows the messages around that number, from the server if they are not loaded. */
    jumpTo: async (seq: number): Promise<void> => {
      const { first, last } = this.timeline;
      const isLoaded = first && last && first.seq <= seq && seq <= last.seq;
      if (!isLoaded) await this.#open((loader) => loader.around(seq, this.#pageSize));
    },

    /** Shows the end of the room. Opens it again where it was to open, if that has failed. */
    jumpToLatest: async (): Promise<void> => {
      const { hasAfter, loading } = this.get();
      if (this.live && !this.isOpen && loading === null) return this.#openFirst(this.live);
      if (hasAfter || loading === 'first') await this.#open((loader) => loader.latest(this.#pageSize));
    },

    /** Shows the message at once as a pending one, and the end of the room. @throws ParleyError */
    send: (content: string, options: PostOptions = {}): PendingMessage => {
      const pending = required(this.live).session.post(this.roomId, content, {
        ...options,
        ...this.#scope.options,
      });
      if (this.get().hasAfter) void this.methods.jumpToLatest();
      return pending;
    },

    retry: (clientId: string): void => required(this.live).session.retry(clientId),

    discard: (clientId: string): void => required(this.live).session.discard(clientId),

    edit: async (messageId: string, content: string, options: { mentions?: Mentions } = {}): Promise<void> =>
      required(this.live).session.edit(this.roomId, messageId, content, options),

    remove: async (messageId: string): Promise<void> =>
      required(this.live).session.delete(this.roomId, messageId),

    /** @param on whether the reaction should exist afterwards */
    react: async (messageId: string, reaction: string, on = true): Promise<void> =>
      required(this.live).session.react(this.roomId, messageId, reaction, on),

    /** Marks the room read up to that message, or to its end. @throws ParleyError */
    markRead: async (messageId?: string): Promise<void> => {
      const seq = messageId ? this.timeline.find(messageId)?.seq : undefined;
      await this.#scope.markRead(required(this.live), messageId, seq);
    },
  };
  readonly #scope: MessageScope;
  #loader: MessageLoader | undefined;
  #following: Following | undefined;
  #position: Position | undefined;
  #pageSize = defaultPageSize;
  /** After a long absence, until the loaded messages have been checked. */
  #isDoubtful = false;
  /** Whether the position has been taken. */
  #isOpening = false;
  readonly #loads = new PartLoads();

  constructor(login: Login, roomId: string, scope: MessageScope) {
    super(login, roomId);
    this.#scope = scope;
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
    if (this.#isOpening && typeof position === 'number') void this.methods.jumpTo(position);
    else if (this.#isOpening && isMove) this.#openAgain();
    return () => {
      if (this.#position === position) this.#position = undefined;
    };
  }

  protected pendingOf(live: Live): PendingMessage[] {
    return live.session.pending(this.roomId).filter((message) => this.#scope.has(live, message));
  }

  protected start(live: Live, lifetime: Lifetime): void {
    this.timeline = new Timeline(live.userId);
    this.#loader = messageLoader((query) => this.#scope.page(live, query));
    lifetime.onEnd(this.#scope.use(live));
    this.pending = this.pendingOf(live);
    this.readSeq = undefined;
    this.newSince = 0;
    this.#isOpening = false;
    this.isOpen = false;
    lifetime.onEnd(() => this.#stop());
    this.listen(live, lifetime, ['message'], (event) => {
      if (this.#scope.has(live, event)) this.received(live, event);
    });
    this.listen(live, lifetime, ['edited', 'deleted', 'reaction', 'pinned'], (event) => this.changed(event));
    this.listen(live, lifetime, ['joined', 'left'], (event) => {
      if (!this.#scope.isRoom) return;
      this.timeline.addPassage(event);
      this.show.request();
    });
    this.listen(live, lifetime, ['reset'], () => {
      this.timeline.reset();
      this.isOpen = false;
    });
    this.listen(live, lifetime, ['reset', 'added'], () => void this.#openFirst(live));
    this.listen(live, lifetime, ['removed'], ({ reason }) => {
      this.patch({ error: new ParleyError(reason, 'You do not belong to this room any more.') });
    });
    listen(live, lifetime, 'pending', (event) => {
      const { message } = event;
      if (message.roomId === this.roomId && this.#scope.has(live, message)) this.pendingChanged(live, event);
    });
    onReturn(live, lifetime, () => {
      if (!this.isOpen) void this.#openFirst(live);
    });
    this.#isDoubtful = false;
    listen(live, lifetime, 'resumed', ({ absentMs }) => {
      this.#isDoubtful ||= absentMs >= longAbsenceMs;
      if (this.#isDoubtful && this.#scope.isRoom) void this.#verify(live);
    });
    // Lets all components of one rendering say where they want the room to open.
    queueMicrotask(() => {
      if (!lifetime.isOver) void this.#openFirst(live);
    });
  }

  /** A store that does not run keeps no messages. */
  #stop(): void {
    this.#loads.supersede();
    this.show.cancel();
    this.#following?.release();
    this.#following = undefined;
    this.isOpen = false;
    this.meanwhile = undefined;
    this.pending = [];
    this.timeline = new Timeline('');
  }

  /** Opens the room where it is wanted. */
  async #openFirst(live: Live): Promise<void> {
    this.#following?.release();
    const following = live.follower.follow(this.roomId);
    this.#following = following;
    const position = this.#position ?? 'latest';
    this.#isOpening = true;
    await this.#open(async (loader) => {
      // Later events are not missed from here on.
      const [readSeq] = await Promise.all([this.#scope.readSeq(live), following.ready]);
      this.readSeq ??= readSeq ?? null;
      if (typeof position === 'number') return loader.around(position, this.#pageSize);
      if (position === 'unread' && readSeq !== undefined) return loader.around(readSeq + 1, this.#pageSize);
      return loader.latest(this.#pageSize);
    });
  }

  /**
   * Repairs the loaded messages, or loads them again where repairs would take more requests. A
   * check without an answer is made after the next return. Pages over plain HTTP cannot check.
   */
  async #verify({ client }: Live): Promise<void> {
    const { timeline } = this;
    const verified = await verifyCopy(client.api, this.roomId, this, threadsOf(client)).catch(
      () => undefined,
    );
    if (!verified || timeline !== this.timeline) return;
    this.#isDoubtful = false;
    if (verified.isCorrect || !this.isOpen) return;
    const messages = timeline.messages();
    const middle = messages[Math.floor(messages.length / 2)];
    const { hasAfter } = this.get();
    await this.#open((loader) =>
      hasAfter && middle ? loader.around(middle.seq, this.#pageSize) : loader.latest(this.#pageSize),
    );
  }

  /** As if the room had not been open: what is unread now is unread. */
  #openAgain(): void {
    this.readSeq = undefined;
    this.patch({ firstUnreadSeq: null });
    if (this.live) void this.#openFirst(this.live);
  }

  /** Replaces everything. */
  async #open(load: (loader: MessageLoader) => Promise<Range>): Promise<void> {
    this.#loads.supersede();
    await this.#once('first', async (loader, isLate) => {
      const { messages, ...range } = await load(loader);
      if (isLate()) return;
      this.isOpen = true;
      this.timeline.clear();
      this.put(messages, range);
    });
  }

  #once(part: Part, work: (loader: MessageLoader, isLate: () => boolean) => Promise<void>): Promise<void> {
    const loader = this.#loader;
    if (!this.live || !loader) return Promise.resolve();
    return this.#loads.run(part, async (isLate) => {
      this.meanwhile = [];
      this.patch({ loading: part });
      try {
        await work(loader, isLate);
        if (!isLate()) this.patch({ loading: null, error: null });
      } catch (error) {
        if (!isLate()) this.patch({ loading: null, error: ParleyError.from(error) });
      }
      if (!isLate()) this.meanwhile = undefined;
    });
  }
}
