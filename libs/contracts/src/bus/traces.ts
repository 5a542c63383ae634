import type { Envelope } from './envelope.ts';
import type { ChangedBatch, SubmittedBatch } from './timeline.ts';

/**
 * The trace contexts that an event carries: one per item for the two events of the hot path,
 * otherwise its own.
 */
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

/** Whether an event carries the trace contexts of its items instead of its own. */
export const carriesTracesOfItems = ({ type }: Envelope): boolean =>
  type === 'timeline.submitted' || type === 'timeline.changed';
