import type {
  Message,
  MessageCopy,
  MessageEvent,
  PendingEvent,
  PendingMessage,
  SeqRange,
} from '@parley/client';
import type { Live, Login } from './live.ts';
import { LiveRoomStore } from './live-room-store.ts';
import { type ChangeEvent, lacksUsers, messageOf, storedMessage } from './message-changes.ts';
import { isSameMessagesState, type MessagesState, unopened } from './messages-state.ts';
import { Throttle } from './throttle.ts';
import { Timeline } from './timeline.ts';

/** Many events of a busy room lead to this many renderings per second at most: 25. */
const showEveryMs = 40;
/** More messages are not kept: those that are farthest from the reader can be loaded again. */
const maxMessages = 1_000;

/**
 * The loaded part of a room's messages: pages and events change it, and it is shown. It is a copy
 * that can be verified.
 */
export abstract class LoadedMessages extends LiveRoomStore<MessagesState> implements MessageCopy {
  protected readonly show = new Throttle(() => this.#showNow(), showEveryMs);
  protected timeline = new Timeline('');
  protected pending: readonly PendingMessage[] = [];
  protected isOpen = false;
  protected newSince = 0;
  /** As of the opening; `null`: nothing was unread. */
  protected readSeq: number | null | undefined;
  /** Events that a load in flight may not know yet. */
  protected meanwhile: (MessageEvent | ChangeEvent)[] | undefined;
  /** Whether the reader goes back in time: then the messages at the end are dispensable. */
  #goesBack = false;

  constructor(login: Login, roomId: string) {
    super(login, unopened, roomId);
  }

  at(): number {
    return this.live?.session.seq(this.roomId) ?? 0;
  }

  range(): SeqRange | null {
    const { first, last } = this.timeline;
    const { hasBefore, hasAfter } = this.get();
    if (!this.isOpen) return null;
    return { from: hasBefore && first ? first.seq : 1, to: hasAfter && last ? last.seq : this.at() };
  }

  messages(): Message[] {
    return this.timeline.messages();
  }

  repair(put: readonly Message[], removed: readonly number[]): void {
    this.timeline.repair(put, removed);
    this.show.request();
  }

  /**
   * Adds a page, and what has happened since it was requested.
   * @param far the end that is away from the page; there, messages beyond the maximum are forgotten
   */
  protected put(messages: readonly Message[], range: Partial<MessagesState>, far?: 'first' | 'last'): void {
    this.#goesBack = far === 'last';
    this.timeline.put(messages);
    const hasAfter = range.hasAfter ?? this.get().hasAfter;
    const { last } = this.timeline;
    for (const event of this.meanwhile ?? []) {
      if (event.type !== 'message') this.timeline.change(idOf(event), event);
      else if (!hasAfter && event.seq > (last?.seq ?? 0)) this.timeline.put([messageOf(event)]);
    }
    if (!hasAfter) this.newSince = 0;
    const isCut = far !== undefined && this.timeline.trim(maxMessages, far);
    this.#showNow(isCut ? { ...range, [far === 'last' ? 'hasAfter' : 'hasBefore']: true } : range);
  }

  /** Those that belong to it. */
  protected abstract pendingOf(live: Live): readonly PendingMessage[];

  protected received(live: Live, event: MessageEvent): void {
    this.meanwhile?.push(event);
    if (!this.isOpen || this.get().loading === 'first') return;
    if (this.#goesBack && this.timeline.size >= maxMessages) this.patch({ hasAfter: true });
    if (!this.get().hasAfter) {
      this.timeline.put([messageOf(event)]);
      // A page that is being loaded belongs before the present first message.
      if (this.get().loading === null && this.timeline.trim(maxMessages, 'first'))
        this.patch({ hasBefore: true });
    } else if (event.userId !== live.userId) this.newSince += 1;
    this.show.request();
  }

  protected changed(event: ChangeEvent): void {
    this.meanwhile?.push(event);
    const message = this.timeline.find(idOf(event));
    const isIncomplete = message && event.type === 'reaction' && lacksUsers(event, message);
    if (!this.timeline.change(idOf(event), event)) return;
    this.show.request();
    if (isIncomplete) void this.#reload(message.id);
  }

  async #reload(messageId: string): Promise<void> {
    const { live, timeline } = this;
    const message = await live?.client.message(this.roomId, messageId).catch(() => undefined);
    // A store that has stopped shows nothing.
    if (message && timeline.find(messageId)) timeline.put([message]);
    this.show.request();
  }

  /** A stored message stays in its place until its event arrives. */
  protected pendingChanged(live: Live, event: PendingEvent): void {
    this.pending = this.pendingOf(live);
    const { hasAfter, loading } = this.get();
    if (event.state === 'stored' && this.isOpen && !hasAfter && loading !== 'first')
      this.timeline.put([storedMessage(event.message, event.sent, live)]);
    this.show.run();
  }

  #showNow(change: Partial<MessagesState> = {}): void {
    if (!this.live) return;
    const before = this.get();
    const state = { ...before, ...change };
    const items = this.timeline.items(!state.hasBefore, !state.hasAfter, this.pending);
    const firstUnreadSeq = state.firstUnreadSeq ?? this.timeline.firstUnread(this.readSeq, state.hasBefore);
    const next = { ...state, items, newSince: this.newSince, firstUnreadSeq };
    if (!isSameMessagesState(before, next)) this.set(next);
  }
}

const idOf = (event: ChangeEvent): string => ('messageId' in event ? event.messageId : event.id);
