export { type SubmissionInput, Submitter, type SubmitterOptions } from './submitter.ts';
export { Writes, type WritesOptions } from './writes.ts';
