export { Submitter } from './submitter.ts';
export type { ReceivedChanges, SubmissionInput, SubmitterOptions } from './submitter-options.ts';
