import type { Change } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import { coveringRanges, type MarkedChanges, type MarkedRange } from '../domain/mark.ts';
import { toChanges } from '../domain/timeline-row.ts';
import { type MarkedPosition, markedPositions, markedRows } from '../stores/marked-changes.ts';
import type { Context } from './context.ts';

const rangesAtOnce = 500;

/**
 * The changes that marks cover, in order within each room, each room's receipts at the end. Only a
 * row's creation and last change are stored, so changes in between are skipped. Consumers recognise
 * repeated changes by their numbers.
 */
export async function readMarkedChanges(
  { db }: Pick<Context, 'db'>,
  marks: readonly MarkedChanges[],
): Promise<Change[]> {
  const changes: Change[][] = [];
  for (const ranges of chunks(coveringRanges(marks, 'timeline'), rangesAtOnce))
    changes.push(toNumbered(ranges, await markedRows(db, ranges)));
  for (const ranges of chunks(coveringRanges(marks, 'receipts'), rangesAtOnce))
    changes.push((await markedPositions(db, ranges)).flatMap(toReceipts));
  return changes.flat();
}

function toNumbered(ranges: readonly MarkedRange[], found: Awaited<ReturnType<typeof markedRows>>): Change[] {
  const rangeOf = new Map(ranges.map((range) => [range.roomId, range]));
  const numbered = found.flatMap(({ row, people }) => {
    const { first = 0, last = 0 } = rangeOf.get(row.roomId) ?? {};
    return toChanges(row, people, (seq) => seq >= first && seq <= last);
  });
  return numbered.sort((a, b) => a.at - b.at).map(({ change }) => change);
}

/** A row does not tell which of its positions has moved, so both are published. */
function toReceipts(row: MarkedPosition): Change[] {
  const { roomId, userId, username, canSend, people, seq, readAt, deliveredSeq } = row;
  const to = canSend ? people : people && [userId];
  const base = { roomId, ...(to && { to }), by: { userId, username }, messageId: null };
  const delivered: Change = {
    ...base,
    kind: 'delivery.advanced',
    position: { roomId, userId, seq: deliveredSeq },
  };
  if (!readAt) return [delivered];
  const position = { roomId, userId, seq, readAt: readAt.toISOString() };
  return [delivered, { ...base, kind: 'read.advanced', position }];
}
