import { X } from 'lucide-react';
import { useTexts } from '../../texts/texts.tsx';
import { useShownNames } from '../../texts/user-name.ts';
import { IconButton } from '../../ui/button.tsx';
import { useExcerpt } from '../message/excerpt.ts';
import type { ComposerState } from './use-composer.ts';

/** Shows that the text is a reply or a change, and ends that. */
export function ModeLine({ state, onCancel }: { state: ComposerState; onCancel(): void }) {
  const { conversation } = useTexts();
  const shownName = useShownNames();
  const excerptOf = useExcerpt();
  const { editing, replyTo } = state;
  const message = editing ?? replyTo;
  if (!message) return null;
  return (
    <div className="composer-mode">
      <b>{editing ? conversation.composer.editing : conversation.composer.replying(shownName(message))}</b>
      <bdi>{excerptOf(message)}</bdi>
      <IconButton
        label={editing ? conversation.composer.cancelEdit : conversation.composer.cancelReply}
        icon={<X size={16} />}
        onClick={onCancel}
      />
    </div>
  );
}
