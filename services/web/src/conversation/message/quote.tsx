import type { Message } from '@parley/client';
import { useTexts } from '../../texts/texts.tsx';
import { useShownName } from '../../texts/user-name.ts';
import { useRoomContext } from '../room-context.ts';
import { useExcerpt } from './excerpt.ts';
import { useRowTabIndex } from './row-tab-index.ts';
import { useOriginal } from './use-original.ts';

/** The message that a reply refers to. Pressing it goes there. */
export function Quote({ replyTo }: { replyTo: string }) {
  const { conversation } = useTexts();
  const original = useOriginal(replyTo);
  // Keeps its height while it loads.
  if (original === undefined) return <span className="quote">…</span>;
  if (original === null) return <span className="quote">{conversation.replyMissing}</span>;
  return <QuoteButton original={original} />;
}

function QuoteButton({ original }: { original: Message }) {
  const { conversation } = useTexts();
  const { jumpTo } = useRoomContext();
  const tabIndex = useRowTabIndex();
  const name = useShownName(original);
  const excerptOf = useExcerpt();
  return (
    <button
      type="button"
      className="quote"
      tabIndex={tabIndex}
      title={conversation.jumpToOriginal(name)}
      onClick={() => jumpTo(original.seq)}
    >
      <bdi className="quote-name">{name}</bdi>
      <bdi className="quote-text">{excerptOf(original)}</bdi>
    </button>
  );
}
