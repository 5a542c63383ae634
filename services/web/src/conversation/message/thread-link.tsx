import type { Message, Thread } from '@parley/client';
import { useThreadOf } from '@parley/react';
import { useTexts } from '../../texts/texts.tsx';
import { useDates } from '../../texts/use-dates.ts';
import { useShownNames } from '../../texts/user-name.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { useRoomContext } from '../room-context.ts';
import { useRowTabIndex } from './row-tab-index.ts';

const maxShown = 3;

/** The way to the thread of a message, with its replies. Nothing within a thread. */
export function ThreadLink({ message }: { message: Message }) {
  const { conversation } = useTexts();
  const { openThread } = useRoomContext();
  const tabIndex = useRowTabIndex();
  const isReply = message.threadRootSeq !== undefined;
  const thread = useThreadOf(message.roomId, message.threadRootSeq ?? message.seq);
  const hasReplies = thread !== undefined && thread.replies > 0;
  if (!openThread || !(isReply || hasReplies)) return null;
  const isNew = hasReplies && thread.unread > 0;
  return (
    <button
      type="button"
      className={isNew ? 'thread-link new' : 'thread-link'}
      tabIndex={tabIndex}
      onClick={() => openThread(message)}
    >
      {isReply || !hasReplies ? conversation.threads.belongs : <Replies thread={thread} />}
    </button>
  );
}

/** How many there are, who has written them and when; and how many are new. */
function Replies({ thread: { participants, replies, unread, lastReplyAt } }: { thread: Thread }) {
  const { threads } = useTexts().conversation;
  const dates = useDates();
  const shownName = useShownNames();
  return (
    <>
      {participants.slice(0, maxShown).map((user) => (
        <Avatar key={user.userId} id={user.userId} name={shownName(user)} size="tiny" />
      ))}
      <strong>{threads.replies(replies)}</strong>
      {unread > 0 && <span className="badge">{threads.unread(unread)}</span>}
      {lastReplyAt && <time dateTime={lastReplyAt}>{threads.last(dates(lastReplyAt))}</time>}
    </>
  );
}
