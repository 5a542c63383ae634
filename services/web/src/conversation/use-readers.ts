import type { MemberView, TimelineItem } from '@parley/react';
import { useMemo, useRef } from 'react';
import { readersOf } from './readers-of.ts';
import { lastMessageUpTo } from './timeline/shape-row.ts';

const nobody: readonly MemberView[] = [];

/** The other members who have read the last message. The array changes only if they do. */
export function useReaders(
  items: readonly TimelineItem[],
  members: readonly MemberView[],
  positions: Record<string, number>,
  ownId: string,
): readonly MemberView[] {
  const last = lastMessageUpTo(items, items.length - 1)?.message;
  const before = useRef(nobody);
  return useMemo(() => {
    const readers = readersOf(last, members, positions, ownId);
    const isSame =
      readers.length === before.current.length &&
      readers.every(({ userId }, index) => userId === before.current[index]?.userId);
    if (!isSame) before.current = readers;
    return before.current;
  }, [last, members, positions, ownId]);
}
