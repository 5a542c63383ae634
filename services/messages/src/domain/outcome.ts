import type { Change, Submission, SubmissionResult } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import type { Standing } from './standing.ts';

/** Result of a submission: the answer to its origin and the changes to publish. */
export interface Outcome {
  answer: SubmissionResult | AppError;
  changes: Change[];
}
export type Outcomes = Map<Submission, Outcome>;

export const refused = (error: AppError | ErrorCode): Outcome => ({
  answer: error instanceof AppError ? error : new AppError(error),
  changes: [],
});

/** A submission together with its author's standing in the room. */
export interface Authorized<S extends Submission = Submission> {
  submission: S;
  standing: Standing;
}
