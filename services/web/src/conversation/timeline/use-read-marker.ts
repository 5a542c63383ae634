import type { TimelineItem, UseMessages } from '@parley/react';
import { useEffect, useRef } from 'react';
import { useStable } from '../use-stable.ts';
import { lastMessageUpTo } from './shape-row.ts';
import type { TimelineVirtualizer } from './use-timeline-virtualizer.ts';

/** Several messages that scroll by lead to one request. */
const markAfterMs = 600;

const isWatched = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/**
 * Marks messages as read that the reader sees: in a visible, focused window, once the timeline has
 * reached its place. At the end of the room, that includes mentions in messages that were read
 * before and edited since.
 * @param reader.readSeq up to where the reader has read, as far as known
 * @param reader.mentions unread mentions of the reader in the room
 */
export function useReadMarker(
  messages: Pick<UseMessages, 'items' | 'hasAfter' | 'markRead' | 'firstUnreadSeq'>,
  virtualizer: TimelineVirtualizer,
  { readSeq, mentions, isOnTheWay }: { readSeq: number; mentions: number; isOnTheWay: () => boolean },
): void {
  const { items, hasAfter, markRead, firstUnreadSeq } = messages;
  const marked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const mark = useStable(() => {
    timer.current = undefined;
    const seen = lastSeen(items, virtualizer);
    if (!seen || !isWatched() || isOnTheWay()) return;
    const isEnd = !hasAfter && seen === lastMessageUpTo(items, items.length - 1)?.message;
    const settlesMentions = isEnd && mentions > 0;
    if (seen.seq <= Math.max(readSeq, marked.current) && !settlesMentions) return;
    const before = marked.current;
    marked.current = seen.seq;
    // Tried again with the next message or focus.
    markRead(settlesMentions ? undefined : seen.id).catch(() => {
      marked.current = before;
    });
  });
  const request = useStable(() => {
    timer.current ??= setTimeout(mark, markAfterMs);
  });
  const lastVisible = lastSeen(items, virtualizer)?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever may make a message seen
  useEffect(request, [lastVisible, firstUnreadSeq, mentions]);
  useEffect(() => {
    addEventListener('focus', request);
    document.addEventListener('visibilitychange', request);
    return () => {
      removeEventListener('focus', request);
      document.removeEventListener('visibilitychange', request);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [request]);
}

/** The last stored message that is visible. */
const lastSeen = (items: readonly TimelineItem[], { range }: TimelineVirtualizer) =>
  range ? lastMessageUpTo(items, range.endIndex)?.message : undefined;
