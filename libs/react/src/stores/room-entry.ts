import type { DeletedEvent, EditedEvent, Message, MessageEvent, RoomView } from '@parley/client';
import type { Following } from './follower.ts';
import { messageOf } from './message-changes.ts';
import { doesMention } from './unread-mentions.ts';

/** A room in the list of the user's rooms. */
export interface RoomSummary extends RoomView {
  /** Messages of others after the user's read position; the server stops counting at 1,000. */
  unread: number;
  /** How many of the unread messages mention the user. */
  mentions: number;
  /** `null`: there is none; undefined: not known yet. */
  lastMessage?: Message | null;
  /** When the last message was sent, otherwise when the room was created, in milliseconds. */
  lastActivity: number;
}

/** A room of the list, and what is known of its messages. */
export class RoomEntry {
  /** Ends the subscription. */
  following: Following | undefined;
  /** The last `seq` that was emitted or counted. */
  seq = 0;
  /** The cursor of the room's read positions, as of the last load. */
  readHead = 0;
  /** The user's read position, if known. */
  readSeq: number | undefined;
  #room: RoomView;
  #unread = 0;
  #mentions = 0;
  /** The unread messages that are known to mention the user, by id, with their `seq`. */
  readonly #mentioning = new Map<string, number>();
  #lacksMentions = false;
  #lastMessage: Message | null | undefined;
  #summary: RoomSummary | undefined;

  constructor(room: RoomView) {
    this.#room = room;
  }

  get room(): RoomView {
    return this.#room;
  }

  set room(room: RoomView) {
    this.#room = room;
    this.#summary = undefined;
  }

  get unread(): number {
    return this.#unread;
  }

  set unread(unread: number) {
    if (unread === this.#unread) return;
    this.#unread = unread;
    if (unread === 0) {
      this.#mentioning.clear();
      this.mentionsFound(new Map());
    }
    this.#summary = undefined;
  }

  /** Whether the number of mentions has to be found in the unread messages. */
  get lacksMentions(): boolean {
    return this.#lacksMentions;
  }

  /** The user has read up to that number. Returns false if they have read further before. */
  readTo(seq: number): boolean {
    if (seq <= (this.readSeq ?? 0)) return false;
    this.readSeq = seq;
    this.#forget(() => {
      for (const [id, at] of this.#mentioning) if (at <= seq) this.#mentioning.delete(id);
    });
    return true;
  }

  /**
   * The inbox counts that many mentions, among those that were received and others. Returns
   * whether there may be fewer than are shown, because the inbox forgets what is read or deleted.
   */
  mentionsCounted(mentions: number): boolean {
    if (mentions > this.#mentions) this.#setMentions(mentions);
    else if (mentions < this.#mentions && !this.#areKnown) this.#lacksMentions = true;
    return this.#lacksMentions;
  }

  /** All messages after the read position that mention the user, except later ones. */
  mentionsFound(found: ReadonlyMap<string, number>): void {
    for (const [id, seq] of found) if (seq > (this.readSeq ?? 0)) this.#mentioning.set(id, seq);
    this.#lacksMentions = false;
    this.#setMentions(this.#mentioning.size);
  }

  get #areKnown(): boolean {
    return this.#mentions === this.#mentioning.size;
  }

  /** Fewer messages mention the user. How many is open unless all of them were known. */
  #forget(remove: () => void): void {
    const wereKnown = this.#areKnown;
    remove();
    if (wereKnown) this.#setMentions(this.#mentioning.size);
    else this.#lacksMentions = true;
  }

  #setMentions(mentions: number): void {
    if (mentions === this.#mentions) return;
    this.#mentions = mentions;
    this.#summary = undefined;
  }

  get lastMessage(): Message | null | undefined {
    return this.#lastMessage;
  }

  set lastMessage(message: Message | null | undefined) {
    this.#lastMessage = message;
    this.#summary = undefined;
  }

  /** Keeps its identity until something in it changes. */
  get summary(): RoomSummary {
    const last = this.#lastMessage;
    this.#summary ??= {
      ...this.#room,
      unread: this.#unread,
      mentions: Math.min(this.#mentions, this.#unread),
      ...(last !== undefined && { lastMessage: last }),
      lastActivity: Date.parse(last?.createdAt ?? this.#room.createdAt),
    };
    return this.#summary;
  }

  /** Counts a new message. Returns whether anything has changed. */
  received(event: MessageEvent, own: { userId: string; username: string }): boolean {
    const message = messageOf(event);
    const counts = message.seq > this.seq && message.userId !== own.userId && message.deletedAt === null;
    if (counts) this.unread += 1;
    if (counts && doesMention(message, own)) {
      this.#mentioning.set(message.id, message.seq);
      this.#setMentions(this.#mentions + 1);
    }
    this.seq = Math.max(this.seq, message.seq);
    const isLast = message.seq > (this.#lastMessage?.seq ?? 0);
    if (isLast) this.lastMessage = message;
    return counts || isLast;
  }

  edited({ id, content, editedAt, seq }: EditedEvent): boolean {
    if (this.#lastMessage?.id !== id) return false;
    this.lastMessage = { ...this.#lastMessage, content, editedAt, changedSeq: seq };
    return true;
  }

  deleted({ id, deletedAt, seq }: DeletedEvent): boolean {
    if (this.unread > 0) this.#forget(() => this.#mentioning.delete(id));
    if (this.#lastMessage?.id !== id) return false;
    this.lastMessage = { ...this.#lastMessage, content: '', deletedAt, changedSeq: seq, reactions: [] };
    return true;
  }
}
