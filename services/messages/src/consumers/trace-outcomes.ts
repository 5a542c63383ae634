import { AppError } from '@parley/errors';
import type { Tracing } from '@parley/tracing';
import type { Outcomes } from '../domain/outcome.ts';

/**
 * Records a span in each author's trace for their submission, linked to the span of the batch. The
 * changes of the submission continue that trace.
 * @param since start of the batch
 */
export function traceOutcomes(tracing: Tracing, since: number, outcomes: Outcomes): void {
  const links = [tracing.current()];
  for (const [{ op, roomId, trace: author }, { answer, changes }] of outcomes) {
    if (author === undefined) continue;
    const refused = answer instanceof AppError && { 'error.type': answer.code };
    const attributes = { 'parley.room.id': roomId, ...refused };
    const trace = tracing.record(`store ${op}`, { kind: 'consumer', of: [author], links, since, attributes });
    for (const change of changes) change.trace = trace;
  }
}
