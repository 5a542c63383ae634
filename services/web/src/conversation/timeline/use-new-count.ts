import type { UseMessages } from '@parley/react';
import { useEffect, useState } from 'react';
import { countNewAfter, lastMessageUpTo } from './shape-row.ts';

/** How many messages of others have arrived below what the reader has seen. */
export function useNewCount(
  { items, hasAfter, loading, newSince }: UseMessages,
  isAtEnd: boolean,
  ownId: string,
): number {
  // Infinite until the end of the room is loaded: what is in between was there before.
  const [seenSeq, setSeenSeq] = useState(Number.POSITIVE_INFINITY);
  const last = hasAfter || loading === 'first' ? undefined : lastMessageUpTo(items, items.length - 1);
  const lastSeq = last?.message.seq;
  useEffect(() => {
    if (lastSeq !== undefined) setSeenSeq((seen) => (isAtEnd || seen > lastSeq ? lastSeq : seen));
  }, [lastSeq, isAtEnd]);
  if (isAtEnd && !hasAfter) return 0;
  return newSince + countNewAfter(items, seenSeq, ownId);
}
