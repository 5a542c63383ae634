import type { Submission } from '@parley/contracts';

/** Submissions to one partition's writer. */
export interface Lane {
  waiting: Submission[];
  /** Batches that are not written yet, as far as is known. */
  inFlight: number;
}

export interface Batch {
  lane: Lane;
  items: readonly Submission[];
  unanswered: number;
  /** An answer has arrived, so the writer has written the batch. */
  isWritten: boolean;
}
