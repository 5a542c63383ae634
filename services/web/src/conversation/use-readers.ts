import type { MemberView, TimelineItem } from '@parley/react';
import { useMemo, useRef } from 'react';
import { lastMessageUpTo } from './timeline/shape-row.ts';

/** Receipts are shown in rooms with at most this many members. */
const maxMembers = 20;

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
    const readers =
      last && members.length <= maxMembers
        ? members.filter(
            ({ userId }) =>
              userId !== ownId && userId !== last.userId && (positions[userId] ?? 0) >= last.seq,
          )
        : nobody;
    const isSame =
      readers.length === before.current.length &&
      readers.every(({ userId }, index) => userId === before.current[index]?.userId);
    if (!isSame) before.current = readers;
    return before.current;
  }, [last, members, positions, ownId]);
}
