import { cutText } from '@parley/contracts/text';

const maxLength = 100;

/**
 * The start of a message on one line, at most 100 characters. Never splits what readers see as one
 * character, such as an emoji of several code points.
 */
export function previewOf(content: string): string {
  const line = content.replace(/\s+/gu, ' ').trim();
  return line.length <= maxLength ? line : `${cutText(line, maxLength - 1)}…`;
}
