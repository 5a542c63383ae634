import type { Notification } from '@parley/client';
import { useNotifications } from '@parley/react';
import { Bell, MessageCircle, UserPlus, X } from 'lucide-react';
import { Page } from '../app/page.tsx';
import { Link, roomPath } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useDates } from '../texts/use-dates.ts';
import { useShownNames } from '../texts/user-name.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useAction } from '../ui/use-action.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { Answers, useFriendRequests } from './friend-requests.tsx';
import { useNotificationText } from './notification-text.ts';
import './inbox.css';

/** Invitations and missed messages, the newest first. */
export function Inbox() {
  const { inbox, common } = useTexts();
  const { items, unread, loading, error, hasMore, loadMore, refresh, markRead, markAllRead, remove } =
    useNotifications();
  const all = useSubmit(markAllRead);
  const removal = useAction(remove);
  const requests = useFriendRequests(items);
  return (
    <Page
      title={inbox.title}
      tools={
        unread > 0 && (
          <Button busy={all.busy} onClick={all.run}>
            {inbox.readAll}
          </Button>
        )
      }
    >
      <FailedLoad error={error} onRetry={refresh} />
      <FailedLoad error={requests.error} onRetry={requests.reload} />
      <FormError text={all.error ?? removal.error} />
      {loading && items.length === 0 && <Loading text={common.loading(inbox.title)} />}
      {!loading && !error && items.length === 0 && <EmptyState title={inbox.empty} text={inbox.emptyText} />}
      <ul className="inbox">
        {items.map((item) => (
          <Item
            key={item.id}
            item={item}
            isRequest={requests.data?.has(item.metadata.friendRequestId ?? '') ?? false}
            onAnswered={requests.reload}
            onOpen={() => void markRead(item.id).catch(() => undefined)}
            onRemove={() => removal.run(item.id)}
          />
        ))}
      </ul>
      {hasMore && (
        <Button busy={loading} onClick={() => void loadMore()}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}

const icons = { message: MessageCircle, friend_request: UserPlus, group_invite: UserPlus, system: Bell };

interface ItemProps {
  item: Notification;
  /** It is a friend request that waits for an answer. */
  isRequest: boolean;
  onAnswered(): void;
  onOpen(): void;
  onRemove(): void;
}

function Item({ item, isRequest, onAnswered, onOpen, onRemove }: ItemProps) {
  const { type, metadata, isRead, updatedAt } = item;
  const { inbox } = useTexts();
  const { title, text } = useNotificationText()(item);
  const shownName = useShownNames();
  const { senderId = '', senderName = '' } = metadata;
  const dates = useDates();
  const Icon = icons[type];
  const content = (
    <>
      <strong dir="auto">{title}</strong>
      {!isRead && <span className="sr-only"> ({inbox.unread})</span>}
      <span className="inbox-content" dir="auto">
        {text}
      </span>
      <time dateTime={updatedAt}>{dates(updatedAt)}</time>
    </>
  );
  return (
    <li className={isRead ? 'inbox-item' : 'inbox-item unread'}>
      <Icon size={20} aria-hidden="true" />
      {metadata.roomId ? (
        <Link to={roomPath(metadata.roomId)} className="inbox-text" onClick={onOpen}>
          {content}
        </Link>
      ) : (
        <button type="button" className="inbox-text" onClick={onOpen}>
          {content}
        </button>
      )}
      <div className="inbox-actions">
        {isRequest && (
          <Answers
            requestId={metadata.friendRequestId ?? ''}
            name={shownName({ userId: senderId, username: senderName })}
            onAnswered={onAnswered}
          />
        )}
        <IconButton label={`${inbox.remove}: ${title}`} icon={<X size={18} />} onClick={onRemove} />
      </div>
    </li>
  );
}
