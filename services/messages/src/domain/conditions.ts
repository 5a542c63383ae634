import type { WriteConditions } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type TimelineRow, toMessage } from './timeline-row.ts';

export const isConditional = ({ ifSeq, ifChangedSeq }: WriteConditions): boolean =>
  ifSeq !== undefined || ifChangedSeq !== undefined;

/**
 * The refusal of a write whose conditions do not hold, with the present state; undefined if they
 * do. A write that was stored before succeeds again whatever has happened since, so its author
 * checks that first.
 * @param seq the last change of the room
 * @param row the message that the write concerns
 */
export function refuseChanged(
  { ifSeq, ifChangedSeq }: WriteConditions,
  { seq, row }: { seq: number; row: TimelineRow | undefined },
): AppError | undefined {
  if (ifChangedSeq !== undefined && row && row.changedSeq !== ifChangedSeq)
    return new AppError('state_changed', { current: { seq: row.changedSeq, message: toMessage(row) } });
  if (ifSeq !== undefined && ifSeq !== seq) return new AppError('state_changed', { current: { seq } });
  return undefined;
}
