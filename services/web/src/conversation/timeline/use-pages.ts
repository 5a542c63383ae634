import type { UseMessages } from '@parley/react';
import { useEffect } from 'react';
import type { TimelineVirtualizer } from './use-timeline-virtualizer.ts';

/** Loads the next page when this many rows or fewer are left in a direction. */
const rowsAhead = 40;

/** Loads further messages in both directions before the reader reaches the last loaded ones. */
export function usePages(messages: UseMessages, virtualizer: TimelineVirtualizer, isOnTheWay: () => boolean) {
  const { items, loading, error, hasBefore, hasAfter, loadBefore, loadAfter } = messages;
  useEffect(() => {
    const { range } = virtualizer;
    if (!range || loading !== null || error || isOnTheWay()) return;
    if (hasBefore && range.startIndex < rowsAhead) void loadBefore();
    else if (hasAfter && items.length - range.endIndex <= rowsAhead) void loadAfter();
  });
}
