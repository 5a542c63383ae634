import type { SubmissionOf } from '@parley/contracts';
import type { AppError } from '@parley/errors';
import type { NewEntry } from '../stores/new-entry.ts';
import type { Context } from './context.ts';
import { giveRoomMentionBack } from './room-mention-rate.ts';
import { overRate, rateOf } from './within-rate.ts';

/** Operations that create a row. */
export type Appendable = SubmissionOf<'send' | 'join' | 'leave'>;

/** A row that is to be stored unless it exists. */
export interface Candidate {
  submission: Appendable;
  entry: NewEntry;
  /** Identifies it among all repetitions. */
  key: string;
  /** Of anything new, because the sender is over a limit. */
  refusal?: AppError;
  /** Counted among what the sender writes to the room. */
  isCounted?: true;
  /** Counted among the mentions of all members of the room. */
  mentionsRoom?: true;
}

/** Counts a message among what its sender writes to the room. */
export function limit(context: Context, candidate: Candidate): Candidate {
  const { written, clock } = context;
  const { submission, entry } = candidate;
  const rate = submission.op === 'send' ? rateOf(context, submission) : 'off';
  if (rate === 'off') return candidate;
  const retryAfterMs = written.take(entry.roomId + entry.senderId, rate, clock());
  if (retryAfterMs === 0) candidate.isCounted = true;
  else disallow(candidate, overRate(rate, retryAfterMs));
  return candidate;
}

/** Only a row that is already stored is returned. */
export function disallow(candidate: Candidate, refusal: AppError): void {
  candidate.refusal = refusal;
  candidate.entry.allowed = false;
}

/** The row was not stored. */
export function giveBack(context: Context, { entry, isCounted, mentionsRoom }: Candidate): void {
  if (isCounted) context.written.giveBack(entry.roomId + entry.senderId);
  if (mentionsRoom) giveRoomMentionBack(context, entry.roomId);
}
