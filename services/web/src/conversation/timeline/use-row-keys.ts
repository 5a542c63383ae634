import type { TimelineItem } from '@parley/react';
import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useStable } from '../use-stable.ts';
import type { TimelineVirtualizer } from './use-timeline-virtualizer.ts';

const focusRow = (scroller: HTMLElement | null, index: number): boolean => {
  const row = scroller?.querySelector<HTMLElement>(`[data-index="${index}"] > article`);
  row?.focus({ preventScroll: true });
  return row !== null && row !== undefined;
};

/** The index of the row that an event happened in. */
const indexOf = (target: EventTarget): number =>
  Number((target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index ?? -1);

/**
 * Moves the focus through the rows by arrow keys, Home and End. One row is in the order of Tab: the
 * last one that had the focus, or the last of all.
 */
export function useRowKeys(items: readonly TimelineItem[]) {
  const [activeKey, setActiveKey] = useState<string>();
  const found = activeKey === undefined ? -1 : items.findIndex(({ key }) => key === activeKey);
  return { tabStop: found < 0 ? items.length - 1 : found, setActiveKey };
}

/** @param onLeave called by Escape */
export function useRowHandlers(
  items: readonly TimelineItem[],
  virtualizer: TimelineVirtualizer,
  scroller: RefObject<HTMLElement | null>,
  { setActiveKey, onLeave }: { setActiveKey(key: string): void; onLeave(): void },
) {
  const wanted = useRef(-1);
  useEffect(() => {
    // The row may not be rendered before the timeline has scrolled to it.
    if (wanted.current >= 0 && focusRow(scroller.current, wanted.current)) wanted.current = -1;
  });
  const moveTo = (index: number) => {
    const item = items[index];
    if (!item) return;
    wanted.current = index;
    setActiveKey(item.key);
    virtualizer.scrollToIndex(index, { align: 'auto' });
    if (focusRow(scroller.current, index)) wanted.current = -1;
  };
  return {
    onKeyDown: useStable((event: KeyboardEvent) => {
      // Events of an open picker arrive here, too.
      if (!event.currentTarget.contains(event.target as Node)) return;
      if (event.key === 'Escape') return onLeave();
      // Within a row, the arrow keys belong to its controls.
      if ((event.target as HTMLElement).tagName !== 'ARTICLE') return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const index = indexOf(event.target);
      const next = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: items.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      moveTo(next);
    }),
    onFocus: useStable((event: FocusEvent) => {
      const item = items[indexOf(event.target)];
      if (item) setActiveKey(item.key);
    }),
  };
}
