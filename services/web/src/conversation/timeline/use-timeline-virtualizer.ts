import type { TimelineItem } from '@parley/react';
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useState } from 'react';

/** A scroll position this close to the end is at the end. */
const endThreshold = 48;
const lineHeight = 22;

const rowPadding = 6;
/** The author's line above a group, and the margin above that. */
const headHeight = 34;

/**
 * The height of a usual row. Each row of another height costs a layout of its own when it is
 * measured, and moves the scroll bar.
 */
function estimateHeight(item: TimelineItem | undefined, previous: TimelineItem | undefined): number {
  if (item?.kind !== 'message' && item?.kind !== 'pending') return lineHeight + rowPadding;
  const { content } = item.message;
  const head = authorOf(item) === authorOf(previous) ? 0 : headHeight;
  let lines = Math.ceil(content.length / 80) || 1;
  for (let at = content.indexOf('\n'); at >= 0 && lines < 50; at = content.indexOf('\n', at + 1)) lines += 1;
  return lines * lineHeight + rowPadding + head;
}

/** Consecutive items of one author are a group. */
const authorOf = (item: TimelineItem | undefined): string | undefined =>
  item?.kind === 'message' ? item.message.userId : item?.kind;

export type TimelineVirtualizer = ReturnType<typeof useTimelineVirtualizer>['virtualizer'];

/**
 * The part of the timeline that is in the document. It keeps its place when items are added before
 * it, and stays at the end if it is there.
 * @param tabStop the index of the row that stays rendered because Tab leads to it
 */
export function useTimelineVirtualizer(
  items: readonly TimelineItem[],
  scroller: RefObject<HTMLElement | null>,
  tabStop: number,
) {
  const [isAtEnd, setAtEnd] = useState(true);
  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>({
    count: items.length,
    getScrollElement: () => scroller.current,
    // Another function makes the virtualizer measure everything again.
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    estimateSize: (index) => estimateHeight(items[index], items[index - 1]),
    rangeExtractor: (range: Range) => {
      const indexes = defaultRangeExtractor(range);
      const [first = 0] = indexes;
      if (tabStop < 0 || indexes.includes(tabStop)) return indexes;
      return tabStop < first ? [tabStop, ...indexes] : [...indexes, tabStop];
    },
    overscan: 10,
    paddingStart: 16,
    paddingEnd: 12,
    scrollPaddingStart: 64,
    scrollPaddingEnd: 24,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: endThreshold,
    directDomUpdates: true,
    useFlushSync: false,
    onChange: (instance) => setAtEnd(instance.isAtEnd(endThreshold)),
  });
  return { virtualizer, isAtEnd };
}
