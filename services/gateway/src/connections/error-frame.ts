import type { AppError } from '@parley/errors';
import { Frame } from './frame.ts';

/** An error that no acknowledgement carries. */
export function errorFrame(error: AppError): Frame<'error'> {
  return new Frame('error', { ...error.toData(), type: error.code.toUpperCase() });
}
