import { type CloseReason, type CloseReasonRow, closeReasons } from '@parley/contracts';
import { Frame } from './frame.ts';

/** The last event sent to a connection, for the reasons that have one. */
export function closingFrame(reason: CloseReason): Frame<'error'> | undefined {
  const { announcedBy, text, advice, retryAfterMs }: CloseReasonRow = closeReasons[reason];
  if (announcedBy !== 'error') return undefined;
  return new Frame('error', {
    code: reason,
    type: reason.toUpperCase(),
    message: text,
    retryable: advice === 'come_back' || advice === 'come_back_later',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
