import type { Change, Submission, SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import { refuseReading } from '../domain/standing.ts';
import type { Advanced, ReadStore } from '../stores/read-store.ts';
import { type Authorized, type Outcome, refused } from './write-batch.ts';

type Receipt = Authorized<SubmissionOf<'read' | 'deliver'>>;

/** Advances the read and delivery positions of a batch in one statement. */
export class AdvancePositions {
  readonly #db: Database;
  readonly #reads: ReadStore;
  readonly #clock: Clock;

  constructor(deps: { db: Database; reads: ReadStore; clock: Clock }) {
    this.#db = deps.db;
    this.#reads = deps.reads;
    this.#clock = deps.clock;
  }

  async run(receipts: readonly Receipt[]): Promise<Map<Submission, Outcome>> {
    const outcomes = new Map<Submission, Outcome>();
    const allowed = receipts.filter(({ submission, standing }) => {
      const refusal = refuseReading(standing);
      if (refusal) outcomes.set(submission, refused(new AppError(refusal)));
      return !refusal;
    });
    if (allowed.length === 0) return outcomes;
    const asked = allowed.map(({ submission: { op, roomId, by, messageId } }) => ({
      op,
      roomId,
      userId: by.userId,
      messageId,
    }));
    const answers = await this.#reads.advance(this.#db, asked, new Date(this.#clock()));
    for (const [index, receipt] of allowed.entries()) {
      const advanced = answers[index];
      outcomes.set(
        receipt.submission,
        advanced ? toOutcome(receipt, advanced) : refused(new AppError('message_not_found')),
      );
    }
    return outcomes;
  }
}

function toOutcome({ submission, standing }: Receipt, { answer, moved }: Advanced): Outcome {
  const { roomId, by, messageId } = submission;
  const base = { roomId, ...(standing.people && { to: standing.people }), by, messageId };
  const change: Change =
    answer.op === 'read'
      ? { ...base, kind: 'read.advanced', position: answer.position }
      : { ...base, kind: 'delivery.advanced', position: answer.position };
  return { answer, changes: moved ? [change] : [] };
}
