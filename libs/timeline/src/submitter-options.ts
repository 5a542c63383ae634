import type { Bus } from '@parley/bus';
import type { Submission } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';

type WithoutNumber<S> = S extends Submission ? Omit<S, 'ref' | 'id'> & { id?: string } : never;
/** A submission before the submitter numbers it. */
export type SubmissionInput = WithoutNumber<Submission>;

type WithoutAuthor<S> = S extends unknown ? Omit<S, 'by' | 'contract'> : never;
/** A client's request; the caller becomes the author. */
export type Write<Op extends SubmissionInput['op']> = WithoutAuthor<Extract<SubmissionInput, { op: Op }>>;

/** The changes that this process receives and passes to `Submitter.seen`. */
export interface ReceivedChanges {
  /** Whether changes of the room arrive here now, as far as is known. */
  include(submission: SubmissionInput): boolean;
  /** Fetches missed changes of the room. Resolves when they have been passed to `seen`. */
  check(submission: SubmissionInput): Promise<void>;
}

export interface SubmitterOptions {
  bus: Pick<Bus, 'publish' | 'partitionOf' | 'openReplyQueue' | 'onRecovered'>;
  newId: () => string;
  clock: Clock;
  /** How long an author waits for the room's writer before `timeout`. @default 10000 */
  timeoutMs?: number;
  /** Pending submissions; further ones are refused as `unavailable`. @default 20000 */
  maxPending?: number;
  /** New messages that arrive here acknowledge their submissions. Absent: the writer replies. */
  changes?: ReceivedChanges | undefined;
  /** Absent: tracing is off. */
  tracing?: Tracing | undefined;
}
