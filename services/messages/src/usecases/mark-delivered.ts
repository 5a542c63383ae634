import type { Submission, SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import { refuseReading } from '../domain/standing.ts';
import type { ReadStore } from '../stores/read-store.ts';
import { type Authorized, type Outcome, refused } from './write-batch.ts';

/** Advances delivery positions, all of a batch in one statement. */
export class MarkDelivered {
  readonly #db: Database;
  readonly #reads: ReadStore;

  constructor(deps: { db: Database; reads: ReadStore }) {
    this.#db = deps.db;
    this.#reads = deps.reads;
  }

  async run(deliveries: readonly Authorized<SubmissionOf<'deliver'>>[]): Promise<Map<Submission, Outcome>> {
    const outcomes = new Map<Submission, Outcome>();
    const allowed = deliveries.filter(({ submission, standing }) => {
      const refusal = refuseReading(standing);
      if (refusal) outcomes.set(submission, refused(new AppError(refusal)));
      return !refusal;
    });
    if (allowed.length === 0) return outcomes;
    const asked = allowed.map(({ submission: { roomId, by, messageId } }) => ({ roomId, userId: by.userId, messageId }));
    const answers = await this.#reads.advanceDelivery(this.#db, asked);
    for (const [index, { submission, standing }] of allowed.entries()) {
      const answer = answers[index];
      if (!answer) {
        outcomes.set(submission, refused(new AppError('message_not_found')));
        continue;
      }
      const { roomId, by, messageId } = submission;
      const { position, moved } = answer;
      const to = standing.people && { to: standing.people };
      outcomes.set(submission, {
        answer: { op: 'deliver', position },
        changes: moved ? [{ roomId, ...to, kind: 'delivery.advanced', by, messageId, position }] : [],
      });
    }
    return outcomes;
  }
}
