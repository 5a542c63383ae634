export { type SubmissionInput, Submitter, type SubmitterOptions } from './submitter.ts';
