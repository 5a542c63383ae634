import type { UseMessages } from '@parley/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStable } from '../use-stable.ts';
import { indexOfSeq, seqOf } from './shape-row.ts';
import type { TimelineVirtualizer } from './use-timeline-virtualizer.ts';

/** A place to scroll to, as soon as its messages are loaded. */
type Goal = number | 'unread' | 'latest';

const highlightMs = 2_500;

/**
 * Where the timeline scrolls to by itself: the place where it opens, and jumps.
 * @param at the number of the message to open at, or null: the first unread one
 */
export function useGoal(messages: UseMessages, virtualizer: TimelineVirtualizer, at: number | null) {
  const { items, loading, error, hasBefore, hasAfter, firstUnreadSeq } = messages;
  const goal = useRef<Goal | null>(null);
  const isOpened = useRef(false);
  /** Whether what is loaded will be replaced. */
  const isStale = useRef(false);
  const [targetKey, setTargetKey] = useState<string>();

  const isLoaded = (seq: number): boolean => {
    const [first, last] = [items[0], items.findLast(({ kind }) => kind !== 'pending')];
    if (!first || !last) return false;
    return (!hasBefore || seqOf(first) <= seq) && (!hasAfter || seq <= seqOf(last));
  };
  const attempt = useStable(() => {
    const wanted = goal.current;
    if (loading === 'first') isStale.current = false;
    if (wanted === null || items.length === 0 || loading === 'first' || isStale.current) return;
    if (wanted === 'latest' && hasAfter) return;
    if (typeof wanted === 'number' && !isLoaded(wanted)) return;
    goal.current = null;
    isOpened.current = true;
    if (typeof wanted === 'number') {
      const index = indexOfSeq(items, wanted);
      virtualizer.scrollToIndex(index < 0 ? items.length - 1 : index, { align: 'center' });
      setTargetKey(items[index]?.key);
    } else if (wanted === 'unread' && firstUnreadSeq !== null) {
      virtualizer.scrollToIndex(indexOfSeq(items, firstUnreadSeq), { align: 'start' });
    } else virtualizer.scrollToEnd();
  });

  // Declared first, so that a new address is the goal before its messages are loaded.
  useLayoutEffect(() => {
    goal.current = at ?? 'unread';
    // `useMessages` then opens the room again.
    isStale.current = at === null && isOpened.current;
  }, [at]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tries again whenever something is loaded
  useLayoutEffect(attempt, [items, loading, at]);
  useEffect(() => {
    // A failed jump must not keep the timeline from loading and reading on.
    if (error && loading === null && isOpened.current) goal.current = null;
  }, [error, loading]);
  useEffect(() => {
    if (targetKey === undefined) return;
    const timer = setTimeout(() => setTargetKey(undefined), highlightMs);
    return () => clearTimeout(timer);
  }, [targetKey]);

  return {
    /** The row to highlight. */
    targetKey,
    /** Whether the timeline has not reached its place yet. */
    isOnTheWay: () => goal.current !== null,
    jumpTo: useStable((seq: number) => {
      goal.current = seq;
      setTargetKey(undefined);
      attempt();
      if (goal.current !== null) void messages.jumpTo(seq);
    }),
    jumpToLatest: useStable(() => {
      goal.current = 'latest';
      attempt();
      if (goal.current !== null) void messages.jumpToLatest();
    }),
    /** Scrolls to the end once the next item is there. */
    followNext: useStable(() => {
      goal.current = 'latest';
    }),
  };
}
