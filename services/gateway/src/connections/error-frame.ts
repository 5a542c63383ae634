import type { AppError } from '@parley/errors';
import { Frame } from './frame.ts';

/** An error that answers no event. */
export function errorFrame(error: AppError): Frame<'error'> {
  return new Frame('error', { ...error.toData(), type: error.code.toUpperCase() });
}
