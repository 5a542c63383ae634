import type { SubmissionOf } from '@parley/contracts';
import type { Database, Queryable } from '@parley/database';
import { AppError, type ErrorCode } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import { refuseReading, refuseWriting, type Standing } from '../domain/standing.ts';
import { type TimelineRow, toMessage, toUpdate } from '../domain/timeline-row.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import { type Authorized, type Outcome, refused } from './write-batch.ts';

type MessageChange = SubmissionOf<'edit' | 'delete'>;

/** Edits or deletes a message. A repeated edit or deletion takes no number. */
export class ChangeMessage {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #clock: Clock;

  constructor(deps: { db: Database; timeline: TimelineStore; clock: Clock }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#clock = deps.clock;
  }

  async run({ submission, standing }: Authorized<MessageChange>): Promise<Outcome> {
    return this.#db.transaction(async (trx) => {
      await this.#timeline.lockRoom(trx, submission.roomId);
      const row = await this.#timeline.findMessage(trx, submission.roomId, submission.messageId);
      const refusal = refuseChange(submission, standing, row);
      if (refusal || !row) return refused(new AppError(refusal ?? 'message_not_found'));
      const done = submission.op === 'edit' ? row.content === submission.content : row.deletedAt !== null;
      const updated = done ? row : await this.#apply(trx, submission, row);
      return {
        answer: { op: submission.op, message: toMessage(updated), repeated: done },
        // Published even if nothing changed: a crash may have prevented it the first time.
        // Receivers ignore a known `seq`.
        changes: [toUpdate(updated, standing.people)],
      };
    });
  }

  async #apply(trx: Queryable, submission: MessageChange, row: TimelineRow): Promise<TimelineRow> {
    const seq = await this.#timeline.nextSeq(trx, submission.roomId);
    const now = new Date(this.#clock());
    if (submission.op === 'edit')
      return this.#timeline.updateMessage(trx, row, { seq, content: submission.content, editedAt: now });
    return this.#timeline.updateMessage(trx, row, { seq, content: '', deletedAt: now, reactions: [] });
  }
}

/**
 * Senders change their own messages. Owners and admins may also delete others', except in direct
 * rooms.
 */
function refuseChange(
  submission: MessageChange,
  standing: Standing,
  row: TimelineRow | undefined,
): ErrorCode | undefined {
  const refusal = submission.op === 'edit' ? refuseWriting(standing) : refuseReading(standing);
  if (refusal) return refusal;
  if (!row) return 'message_not_found';
  const own = row.senderId === submission.by.userId;
  if (submission.op === 'edit') {
    if (!own) return 'not_authorized';
    return row.deletedAt ? 'message_not_found' : undefined;
  }
  const moderates = standing.room.kind !== 'direct' && standing.member?.role !== 'member';
  return own || moderates ? undefined : 'not_authorized';
}
