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
 * reached its place.
 * @param readSeq up to where the reader has read, as far as known
 */
export function useReadMarker(
  { items, markRead, firstUnreadSeq }: Pick<UseMessages, 'items' | 'markRead' | 'firstUnreadSeq'>,
  virtualizer: TimelineVirtualizer,
  { readSeq, isOnTheWay }: { readSeq: number; isOnTheWay: () => boolean },
): void {
  const marked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const mark = useStable(() => {
    timer.current = undefined;
    const seen = lastSeen(items, virtualizer);
    if (!seen || !isWatched() || isOnTheWay()) return;
    if (seen.seq <= Math.max(readSeq, marked.current)) return;
    const before = marked.current;
    marked.current = seen.seq;
    // Tried again with the next message or focus.
    markRead(seen.id).catch(() => {
      marked.current = before;
    });
  });
  const request = useStable(() => {
    timer.current ??= setTimeout(mark, markAfterMs);
  });
  const lastVisible = lastSeen(items, virtualizer)?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever may make a message seen
  useEffect(request, [lastVisible, firstUnreadSeq]);
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
