import type { Submission } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Tracing } from '@parley/tracing';
import type { Outcome } from '../usecases/write-batch.ts';

/**
 * Each submission's part of its batch, as a span of its own in its author's trace, linked to the batch that is under way; what it changed is told on in that trace.
 * @param since when the batch was begun
 */
export function traceOutcomes(
  tracing: Tracing,
  since: number,
  submissions: readonly Submission[],
  outcomes: readonly Outcome[],
): void {
  const links = [tracing.current()];
  for (const [index, { op, roomId, trace: author }] of submissions.entries()) {
    const outcome = outcomes[index];
    if (author === undefined || !outcome) continue;
    const { answer, changes } = outcome;
    const refused = answer instanceof AppError && { 'error.type': answer.code };
    const attributes = { 'parley.room.id': roomId, ...refused };
    const trace = tracing.record(`store ${op}`, { kind: 'consumer', of: [author], links, since, attributes });
    for (const change of changes) change.trace = trace;
  }
}
