import type { Change } from '@parley/contracts';
import { toChanges } from '../domain/timeline-row.ts';
import { directPeople, findHead } from '../stores/rooms.ts';
import { rowsTouchedWithin } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/**
 * The changes of a room after a `seq`, for gateways that missed some. Only a row's creation and
 * last change are stored, so changes in between are skipped; the answer is complete up to its
 * `seq`.
 */
export async function getChanges(
  { db }: Context,
  { roomId, afterSeq, limit }: { roomId: string; afterSeq: number; limit: number },
): Promise<{ changes: Change[]; seq: number }> {
  const head = await findHead(db, roomId);
  if (afterSeq >= head) return { changes: [], seq: head };
  const seq = Math.min(head, afterSeq + limit);
  const [rows, to] = await Promise.all([
    rowsTouchedWithin(db, roomId, afterSeq, seq),
    directPeople(db, roomId),
  ]);
  const isWithin = (number: number) => number > afterSeq && number <= seq;
  const numbered = rows.flatMap((row) => toChanges(row, to, isWithin));
  return { changes: numbered.sort((a, b) => a.at - b.at).map(({ change }) => change), seq };
}
