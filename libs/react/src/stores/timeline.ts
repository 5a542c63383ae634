import type { JoinedEvent, LeftEvent, Message, PendingMessage } from '@parley/client';
import { afterChange, type ChangeEvent, isSameState } from './message-changes.ts';
import { isSame, isSameList } from './room-changes.ts';
import type { MessageItem, PassageItem, PendingItem, TimelineItem } from './timeline-items.ts';

/** More lines about members than a room shows without a new load. */
const maxPassages = 500;

/**
 * A consecutive part of a room's messages. It says nothing about what is before or after it; its
 * owner knows that.
 */
export class Timeline {
  readonly #ownId: string;
  /** By `seq`. */
  #messages: MessageItem[] = [];
  #passages: PassageItem[] = [];
  readonly #byId = new Map<string, MessageItem>();
  readonly #keys = new Set<string>();
  #items: TimelineItem[] = [];
  readonly #pendingItems = new WeakMap<PendingMessage, PendingItem>();

  constructor(ownId: string) {
    this.#ownId = ownId;
  }

  get first(): Message | undefined {
    return this.#messages[0]?.message;
  }

  /** The number of messages. */
  get size(): number {
    return this.#messages.length;
  }

  get last(): Message | undefined {
    return this.#messages.at(-1)?.message;
  }

  find(id: string): Message | undefined {
    return this.#byId.get(id)?.message;
  }

  /** The loaded messages, by `seq`. */
  messages(): Message[] {
    return this.#messages.map(({ message }) => message);
  }

  /**
   * The first message of others after the read position. It is known once no unloaded message is
   * between both; `null` otherwise, and if nothing was unread.
   */
  firstUnread(readSeq: number | null | undefined, hasBefore: boolean): number | null {
    const { first } = this;
    if (readSeq === null || readSeq === undefined || !first) return null;
    if (hasBefore && first.seq > readSeq + 1) return null;
    const isUnread = ({ seq, userId, deletedAt }: Message) =>
      seq > readSeq && userId !== this.#ownId && deletedAt === null;
    return this.#messages.find(({ message }) => isUnread(message))?.message.seq ?? null;
  }

  /** Whether the user's own message with this `clientId` is here. */
  hasOwn(clientId: string): boolean {
    return this.#keys.has(clientId);
  }

  /** Forgets everything. */
  clear(): void {
    this.#messages = [];
    this.#byId.clear();
    this.#keys.clear();
  }

  /** Also forgets the members' lines, for example because the room was restored. */
  reset(): void {
    this.clear();
    this.#passages = [];
  }

  /** Adds messages, or replaces older versions of them. Unchanged ones keep their item. */
  put(messages: readonly Message[]): void {
    const added: MessageItem[] = [];
    for (const message of messages) {
      const known = this.#byId.get(message.id);
      if (known) this.#replace(known, message);
      else {
        const item: MessageItem = { key: this.#keyOf(message), kind: 'message', message };
        this.#byId.set(message.id, item);
        this.#keys.add(item.key);
        added.push(item);
      }
    }
    if (added.length === 0) return;
    const isInOrder = (added[0]?.message.seq ?? 0) > (this.last?.seq ?? 0);
    this.#messages.push(...added);
    if (!isInOrder || added.length > 1) this.#messages.sort((a, b) => a.message.seq - b.message.seq);
  }

  /** Forgets the messages at that end that exceed the maximum. Returns whether there were any. */
  trim(max: number, end: 'first' | 'last'): boolean {
    const excess = this.#messages.length - max;
    if (excess <= 0) return false;
    for (const { key, message } of this.#messages.splice(end === 'first' ? 0 : max, excess)) {
      this.#byId.delete(message.id);
      this.#keys.delete(key);
    }
    return true;
  }

  /** Takes these versions of messages, and forgets those with these numbers. */
  repair(put: readonly Message[], removed: readonly number[]): void {
    const wrong = [...removed, ...put.map(({ seq }) => seq)];
    const right = this.messages().filter(({ seq }) => !wrong.includes(seq));
    this.clear();
    this.put([...right, ...put]);
  }

  /** Returns whether the message is here and was older than the event. */
  change(id: string, event: ChangeEvent): boolean {
    const known = this.#byId.get(id);
    // After an absence, several events with the number of the last change show the present state.
    if (!known || known.message.changedSeq > event.seq) return false;
    const changed = afterChange(known.message, event);
    if (changed.username !== known.message.username) this.#rename(changed);
    if (isSame(changed, known.message)) return false;
    return this.#swap(known, changed);
  }

  addPassage(event: JoinedEvent | LeftEvent): void {
    // A room that is opened before its creation is stored looks like one that is opened later.
    if ('atCreation' in event) return;
    const { type, seq, userId, username, isBot, time } = event;
    if (this.#passages.some((passage) => passage.seq === seq)) return;
    this.#passages.push({ key: `${type}:${seq}`, kind: type, seq, userId, username, isBot, time });
    if (this.#passages.length > maxPassages) this.#passages.shift();
  }

  /**
   * The array stays the same while its items do.
   * @param isFromStart whether there is nothing before the messages
   * @param isToEnd whether there is nothing after them; then the pending messages follow
   */
  items(isFromStart: boolean, isToEnd: boolean, pending: readonly PendingMessage[]): TimelineItem[] {
    const from = isFromStart ? 0 : (this.first?.seq ?? 0);
    const to = this.last?.seq ?? 0;
    const passages = this.#passages.filter(({ seq }) => seq >= from && (isToEnd || seq <= to));
    const items: TimelineItem[] = [];
    let next = 0;
    for (const item of this.#messages) {
      for (
        let passage = passages[next];
        passage && passage.seq < item.message.seq;
        passage = passages[next]
      ) {
        items.push(passage);
        next += 1;
      }
      items.push(item);
    }
    items.push(...passages.slice(next));
    if (isToEnd)
      for (const message of pending)
        if (!this.hasOwn(message.clientId)) items.push(this.#pendingItem(message));
    if (!isSameList(items, this.#items)) this.#items = items;
    return this.#items;
  }

  /** The lines about a member have no events of their own when the member is erased. */
  #rename({ userId, username }: Message): void {
    this.#passages = this.#passages.map((passage) =>
      passage.userId === userId ? { ...passage, username } : passage,
    );
  }

  #keyOf({ id, userId, clientId }: Message): string {
    return userId === this.#ownId && clientId !== null && !this.#keys.has(clientId) ? clientId : id;
  }

  #pendingItem(message: PendingMessage): PendingItem {
    const item = this.#pendingItems.get(message) ?? { key: message.clientId, kind: 'pending', message };
    this.#pendingItems.set(message, item);
    return item;
  }

  #replace(item: MessageItem, message: Message): boolean {
    if (item.message.changedSeq > message.changedSeq || isSameState(item.message, message)) return false;
    return this.#swap(item, message);
  }

  #swap(item: MessageItem, message: Message): true {
    const swapped = { ...item, message };
    this.#messages[this.#indexOf(item)] = swapped;
    this.#byId.set(message.id, swapped);
    return true;
  }

  #indexOf({ message: { seq } }: MessageItem): number {
    let [low, high] = [0, this.#messages.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#messages[middle]?.message.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
