import type { Account, DeletedEvent, EditedEvent, Message, MessageEvent, RoomView } from '@parley/client';
import type { Following } from './follower.ts';
import { afterChange, doesMention, messageOf } from './message-changes.ts';
import { isSame } from './room-changes.ts';

/** A room in the list of the user's rooms. */
export interface RoomSummary extends RoomView {
  /** Messages of others after the user's read position; the server stops counting at 1,000. */
  unread: number;
  /** Unread mentions. An edit may mention the user in a message that is read. */
  mentions: number;
  /** Its part of the user's badge: what is unread and notifies, by the settings. */
  badge: number;
  /** Whether nothing in it notifies the user now. */
  isMuted: boolean;
  /** Whether the user does not want it in lists. */
  isHidden: boolean;
  /** The place that the user has given it; `null`: after all rooms with one. */
  order: number | null;
  /** `null`: there is none; undefined: not known yet. */
  lastMessage?: Message | null;
  /** When the last message was sent, otherwise when the room was created, in milliseconds. */
  lastActivity: number;
}

const orderOf = ({ order }: RoomSummary) => order ?? Number.MAX_VALUE;

/** Sorts rooms by the order of the user, then by activity. */
export const byPlace = (a: RoomSummary, b: RoomSummary): number =>
  orderOf(a) - orderOf(b) || b.lastActivity - a.lastActivity;

/** The settings of a user for a room that matter to the list. */
interface ListSettings extends Pick<RoomSummary, 'isMuted' | 'isHidden' | 'order'> {
  /** The messages that notify, unless the room is muted. */
  level: Account['notificationSettings']['level'];
}

const noSettings: ListSettings = { level: 'all', isMuted: false, isHidden: false, order: null };

/** A room of the list, and what is known of its messages. */
export class RoomEntry {
  room: RoomView;
  unread = 0;
  mentions = 0;
  /** `null`: there is none; undefined: not known yet. */
  lastMessage: Message | null | undefined;
  /** Ends the subscription. */
  following: Following | undefined;
  /** The last `seq` that was emitted or counted. */
  seq = 0;
  /** The cursor of the room's read positions, as of the last load. */
  readHead = 0;
  /** The user's read position, if known. */
  readSeq: number | undefined;
  /** When the present mute ends, in milliseconds. */
  unmuteAt = Number.MAX_VALUE;
  #settings = noSettings;
  /** The parts of which the summary was made. */
  #parts: readonly unknown[] = [];
  #summary: RoomSummary | undefined;

  constructor(room: RoomView) {
    this.room = room;
  }

  /** Takes over what the user has set, in general and for the room. */
  applySettings(account: Account, now: number): void {
    const { level: own, mutedUntil, hidden: isHidden, order } = account.roomSettings(this.room.id);
    const level = own === 'default' ? account.notificationSettings.level : own;
    const mutedTo = Date.parse(mutedUntil ?? '');
    const isMuted = mutedTo > now;
    this.unmuteAt = isMuted ? mutedTo : Number.MAX_VALUE;
    const settings = { level, isMuted, isHidden, order };
    if (!isSame(settings, this.#settings)) this.#settings = settings;
  }

  /** The user has read up to that number. Returns false if they have read further before. */
  readTo(seq: number): boolean {
    if (seq <= (this.readSeq ?? 0)) return false;
    this.readSeq = seq;
    return true;
  }

  /** Keeps its identity until something in it changes. */
  get summary(): RoomSummary {
    const { room, unread, mentions, lastMessage: last } = this;
    const { level, ...settings } = this.#settings;
    const parts = [room, unread, mentions, last, this.#settings];
    if (this.#summary && parts.every((part, index) => part === this.#parts[index])) return this.#summary;
    this.#parts = parts;
    this.#summary = {
      ...room,
      unread,
      mentions,
      badge: settings.isMuted ? 0 : { all: unread, mentions, none: 0 }[level],
      ...settings,
      ...(last !== undefined && { lastMessage: last }),
      lastActivity: Date.parse(last?.createdAt ?? room.createdAt),
    };
    return this.#summary;
  }

  /**
   * Counts a new message. Returns whether anything has changed.
   * @param isShown whether the room's timeline shows it
   */
  received(event: MessageEvent, ownId: string, isShown: boolean): boolean {
    const message = messageOf(event);
    const counts = message.seq > this.seq && message.userId !== ownId && message.deletedAt === null;
    if (counts && isShown) this.unread += 1;
    if (counts && doesMention(message, ownId)) this.mentions += 1;
    this.seq = Math.max(this.seq, message.seq);
    const isLast = isShown && message.seq > (this.lastMessage?.seq ?? 0);
    if (isLast) this.lastMessage = message;
    return counts || isLast;
  }

  changed(event: EditedEvent | DeletedEvent): boolean {
    if (this.lastMessage?.id !== event.id) return false;
    this.lastMessage = afterChange(this.lastMessage, event);
    return true;
  }
}
