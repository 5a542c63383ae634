import type { Submission, SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import { refuseReading } from '../domain/standing.ts';
import type { ReadStore } from '../stores/read-store.ts';
import { type Authorized, type Outcome, refused } from './write-batch.ts';

/** Advances read positions, all of a batch in one statement. */
export class MarkRead {
  readonly #db: Database;
  readonly #reads: ReadStore;
  readonly #clock: Clock;

  constructor(deps: { db: Database; reads: ReadStore; clock: Clock }) {
    this.#db = deps.db;
    this.#reads = deps.reads;
    this.#clock = deps.clock;
  }

  async run(reads: readonly Authorized<SubmissionOf<'read'>>[]): Promise<Map<Submission, Outcome>> {
    const outcomes = new Map<Submission, Outcome>();
    const allowed = reads.filter(({ submission, standing }) => {
      const refusal = refuseReading(standing);
      if (refusal) outcomes.set(submission, refused(new AppError(refusal)));
      return !refusal;
    });
    if (allowed.length === 0) return outcomes;
    const asked = allowed.map(({ submission }) => ({
      roomId: submission.roomId,
      userId: submission.by.userId,
      messageId: submission.messageId,
    }));
    const answers = await this.#reads.advance(this.#db, asked, new Date(this.#clock()));
    for (const [index, { submission, standing }] of allowed.entries()) {
      const answer = answers[index];
      if (!answer) {
        outcomes.set(submission, refused(new AppError('message_not_found')));
        continue;
      }
      const { roomId, by, messageId } = submission;
      const { position, moved } = answer;
      outcomes.set(submission, {
        answer: { op: 'read', position },
        changes: moved ? [{ roomId, ...(standing.people && { to: standing.people }), kind: 'read.advanced', by, messageId, position }] : [],
      });
    }
    return outcomes;
  }
}
