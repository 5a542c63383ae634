import type { Message } from '@parley/client';
import { useTexts } from '../../texts/texts.tsx';
import { plainText } from '../markdown/plain-text.ts';

/** An excerpt shows this much; the rest is cut off by its width anyway. */
const maxLength = 160;

type Shown = Pick<Message, 'content' | 'deletedAt' | 'isEncrypted'>;

/** Why a message cannot be read; undefined if it can. Ciphertext is never shown. */
export const hiddenReason = ({ deletedAt, isEncrypted }: Shown): 'deleted' | 'encrypted' | undefined =>
  deletedAt ? 'deleted' : isEncrypted ? 'encrypted' : undefined;

/** The beginning of a message on one line, or why it cannot be read. */
export function excerptOf(message: Shown, reasons: { deleted: string; encrypted: string }): string {
  const reason = hiddenReason(message);
  return reason ? reasons[reason] : plainText(message.content, maxLength);
}

export function useExcerpt(): (message: Shown) => string {
  const { conversation } = useTexts();
  return (message) => excerptOf(message, conversation);
}
