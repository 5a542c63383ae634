import type { Message } from '@parley/client';
import type { MemberView, MessageItem, PendingItem } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { useShownName } from '../../texts/user-name.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { BotBadge } from '../../ui/bot-badge.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { doesMention } from '../mentions.ts';
import { useRoomContext } from '../room-context.ts';
import { timeOf } from '../timeline/shape-row.ts';
import { hiddenReason } from './excerpt.ts';
import { MessageActions } from './message-actions.tsx';
import { PendingState } from './pending-state.tsx';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
import { RowTabIndexProvider } from './row-tab-index.ts';
import { SeenBy } from './seen-by.tsx';
import { ThreadLink } from './thread-link.tsx';
import { useTimes } from './times.ts';
import { useRevealed } from './use-revealed.ts';
import './message.css';

interface MessageRowProps {
  item: MessageItem | PendingItem;
  /** Shows the author, too. */
  isFirst: boolean;
  /** Whether Tab leads here. */
  isTabStop: boolean;
  /** Highlights it, because a link or a jump has led here. */
  isTarget: boolean;
  readers: readonly MemberView[] | undefined;
}

/** A message, stored or pending. It stays the same element when it is stored. */
export function MessageRow({ item, isFirst, isTabStop, isTarget, readers }: MessageRowProps) {
  const { ownId, ownName, threadRoot } = useRoomContext();
  const times = useTimes();
  const { row, isRevealed, handlers } = useRevealed();
  const [isPicking, setPicking] = useState(false);
  const stored = item.kind === 'message' ? item.message : undefined;
  const author = stored ?? { userId: ownId, username: ownName };
  const name = useShownName(author);
  const time = timeOf(item);
  const clock = (
    <time dateTime={new Date(time).toISOString()} title={times.full.format(time)}>
      {times.clock.format(time)}
    </time>
  );
  const { replyTo } = item.message;
  const isForMe = stored !== undefined && doesMention(stored, ownId);
  return (
    <article
      ref={row}
      className={`message ${isFirst ? 'first' : ''} ${isTarget ? 'target' : ''} ${isForMe ? 'for-me' : ''}`}
      // The name is for screen readers: visually, a group shows it once.
      aria-label={name}
      tabIndex={isTabStop ? 0 : -1}
      {...handlers}
    >
      {isFirst ? <Avatar id={author.userId} name={name} /> : <span className="gutter">{clock}</span>}
      <div className="message-main">
        {isFirst && (
          <header className="message-head">
            <bdi className="author" title={author.username}>
              {name}
            </bdi>
            <BotBadge user={stored} />
            {clock}
          </header>
        )}
        <RowTabIndexProvider value={isTabStop ? 0 : -1}>
          {replyTo && replyTo !== threadRoot && <Quote replyTo={replyTo} />}
          {stored ? <StoredContent message={stored} /> : <Content content={item.message.content} />}
          {stored && <ThreadLink message={stored} />}
        </RowTabIndexProvider>
        {item.kind === 'pending' && <PendingState message={item.message} />}
        {readers && readers.length > 0 && <SeenBy readers={readers} />}
      </div>
      {stored && !stored.deletedAt && (isRevealed || isPicking) && (
        <MessageActions message={stored} onPicking={setPicking} />
      )}
    </article>
  );
}

function Content(text: Pick<Message, 'content' | 'mentions' | 'roomMention'>) {
  const { ownId, ownName } = useRoomContext();
  return (
    <div className="content">
      <Markdown {...text} {...{ ownId, ownName }} />
    </div>
  );
}

function StoredContent({ message }: { message: Message }) {
  const { conversation, account } = useTexts();
  const times = useTimes();
  const { content, mentions, roomMention, editedAt, pinned } = message;
  const reason = hiddenReason(message);
  if (reason) return <p className="absent">{conversation[reason]}</p>;
  return (
    <>
      <Content {...{ content, ...(mentions && { mentions }), ...(roomMention && { roomMention }) }} />
      {editedAt && (
        <span className="state" title={conversation.editedAt(times.full.format(Date.parse(editedAt)))}>
          {conversation.edited}
        </span>
      )}
      {pinned && <span className="state">{account.pinned}</span>}
      <Reactions message={message} />
    </>
  );
}
