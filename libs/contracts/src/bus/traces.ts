import type { Envelope } from './envelope.ts';
import type { ChangedBatch, SubmittedBatch } from './timeline.ts';

/** The trace contexts of whom an event tells of: the hot path's two carry one in each of their items, the others one of their own. */
export function tracesOf(event: Envelope): (string | undefined)[] {
  switch (event.type) {
    case 'timeline.submitted':
      return (event.data as SubmittedBatch).items.map(({ trace }) => trace);
    case 'timeline.changed':
      return (event.data as ChangedBatch).changes.map(({ trace }) => trace);
    default:
      return [event.trace];
  }
}

/** Whether an event carries the trace contexts of its items, and none of its own. */
export const carriesTracesOfItems = ({ type }: Envelope): boolean =>
  type === 'timeline.submitted' || type === 'timeline.changed';
