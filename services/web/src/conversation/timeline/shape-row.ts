import type { TimelineItem } from '@parley/react';

/** How a row depends on the one before it. Equal shapes do not render a row again. */
export interface RowShape {
  /** The time of the item, if the row begins another day in the reader's time zone; otherwise 0. */
  day: number;
  /** Whether the divider "New" is above it. */
  isUnreadStart: boolean;
  /** Whether it shows its author and time. False within a group of one author's messages. */
  isFirst: boolean;
}

/** A longer pause begins another group. */
const maxPauseMs = 5 * 60_000;

/** In milliseconds since the epoch. */
export const timeOf = (item: TimelineItem): number => {
  if (item.kind === 'pending') return item.message.createdAt;
  return Date.parse(item.kind === 'message' ? item.message.createdAt : item.time);
};

/** The number in the room's timeline; infinite while a message has none. */
export const seqOf = (item: TimelineItem): number => {
  if (item.kind === 'pending') return Number.POSITIVE_INFINITY;
  return item.kind === 'message' ? item.message.seq : item.seq;
};

export const isSameDay = (one: number, other: number): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();

/**
 * @param firstUnreadSeq the first message below the divider "New"
 * @param ownId the user, who is the author of pending messages
 */
export function shapeRow(
  previous: TimelineItem | undefined,
  item: TimelineItem,
  firstUnreadSeq: number | null,
  ownId: string,
): RowShape {
  const time = timeOf(item);
  const isNewDay = !previous || !isSameDay(timeOf(previous), time);
  const isUnreadStart = item.kind === 'message' && item.message.seq === firstUnreadSeq;
  const author = authorOf(item, ownId);
  const continues =
    previous !== undefined &&
    !isNewDay &&
    !isUnreadStart &&
    author !== undefined &&
    author === authorOf(previous, ownId) &&
    !isReply(item) &&
    Math.abs(time - timeOf(previous)) < maxPauseMs;
  return { day: isNewDay ? time : 0, isUnreadStart, isFirst: !continues };
}

function authorOf(item: TimelineItem, ownId: string): string | undefined {
  if (item.kind === 'pending') return ownId;
  return item.kind === 'message' ? item.message.userId : undefined;
}

const isReply = (item: TimelineItem): boolean =>
  (item.kind === 'message' || item.kind === 'pending') && Boolean(item.message.replyTo);

/** The index of the item with that number, or of the next one; -1 if there is none. */
export const indexOfSeq = (items: readonly TimelineItem[], seq: number): number => {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item && seqOf(item) < seq) low = middle + 1;
    else high = middle;
  }
  const found = items[low];
  return found && found.kind !== 'pending' ? low : -1;
};

/** How many of the last items are messages of others with a greater number than `seq`. */
export function countNewAfter(items: readonly TimelineItem[], seq: number, ownId: string): number {
  let count = 0;
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index] as TimelineItem;
    if (seqOf(item) <= seq) break;
    if (item.kind === 'message' && item.message.userId !== ownId) count += 1;
  }
  return count;
}

/** The stored message at that index or the closest one before it. */
export function lastMessageUpTo(items: readonly TimelineItem[], index: number) {
  for (let at = Math.min(index, items.length - 1); at >= 0; at--) {
    const item = items[at];
    if (item?.kind === 'message') return item;
  }
  return undefined;
}
