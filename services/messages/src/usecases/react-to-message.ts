import type { Change, SubmissionOf } from '@parley/contracts';
import type { Database, Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import { countReactions, maxDistinctReactions } from '../domain/reaction-counts.ts';
import { refuseWriting } from '../domain/standing.ts';
import { type TimelineRow, toMessage } from '../domain/timeline-row.ts';
import type { ReactionStore } from '../stores/reaction-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import { type Authorized, type Outcome, refused } from './write-batch.ts';

/** Adds or withdraws a reaction. */
export class ReactToMessage {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #reactions: ReactionStore;
  readonly #clock: Clock;

  constructor(deps: { db: Database; timeline: TimelineStore; reactions: ReactionStore; clock: Clock }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#reactions = deps.reactions;
    this.#clock = deps.clock;
  }

  async run({ submission, standing }: Authorized<SubmissionOf<'react'>>): Promise<Outcome> {
    const refusal = refuseWriting(standing);
    if (refusal) return refused(new AppError(refusal));
    const { roomId, messageId, reaction, by } = submission;
    return this.#db.transaction(async (trx) => {
      await this.#timeline.lockRoom(trx, roomId);
      const row = await this.#timeline.findMessage(trx, roomId, messageId);
      if (!row || row.deletedAt) return refused(new AppError('message_not_found'));
      const before = await this.#reactions.find(trx, roomId, messageId, by.userId, reaction);
      const was = before?.active ?? false;
      // A toggle that is redelivered after a crash must not toggle back.
      const on = before?.submissionId === submission.id ? was : (submission.on ?? !was);
      if (on && !was && isFull(row, reaction)) return refused(new AppError('limit_reached'));
      const updated = on === was ? row : await this.#apply(trx, submission, row, on);
      const change: Change = {
        roomId,
        seq: updated.changedSeq,
        ...(standing.people && { to: standing.people }),
        kind: 'message.reacted',
        message: toMessage(updated),
        by,
        reaction,
        on,
      };
      return {
        answer: { op: 'react', message: toMessage(updated), repeated: on === was },
        changes: [change],
      };
    });
  }

  async #apply(
    trx: Queryable,
    submission: SubmissionOf<'react'>,
    row: TimelineRow,
    on: boolean,
  ): Promise<TimelineRow> {
    const { roomId, messageId, reaction, by } = submission;
    const seq = await this.#timeline.nextSeq(trx, roomId);
    const at = new Date(this.#clock());
    await this.#reactions.save(trx, {
      roomId,
      messageId,
      userId: by.userId,
      reaction,
      active: on,
      submissionId: submission.id,
      at,
    });
    const reactions = countReactions(await this.#reactions.active(trx, roomId, messageId));
    return this.#timeline.updateMessage(trx, row, { seq, reactions });
  }
}

const isFull = (row: TimelineRow, reaction: string): boolean =>
  (row.reactions?.length ?? 0) >= maxDistinctReactions &&
  !row.reactions?.some((count) => count.reaction === reaction);
