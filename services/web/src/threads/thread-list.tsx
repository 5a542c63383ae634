import type { Thread } from '@parley/client';
import { type ThreadFilter, useRoom, useRooms, useThreads } from '@parley/react';
import { useState } from 'react';
import { Page } from '../app/page.tsx';
import { Link, threadPath } from '../app/router.tsx';
import { useExcerpt } from '../conversation/message/excerpt.ts';
import { useRoomName } from '../rooms/room-name.ts';
import { useTexts } from '../texts/texts.tsx';
import { useDates } from '../texts/use-dates.ts';
import { useShownName } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Select } from '../ui/field.tsx';
import { Loading } from '../ui/loading.tsx';
import './threads.css';

const filters = ['followed', 'unread', 'all'] as const;

/** The threads of a room or of all rooms (null), those with the latest replies first. */
export function ThreadList({ roomId }: { roomId: string | null }) {
  const { all } = useTexts().conversation.threads;
  return roomId ? <ThreadsOfRoom roomId={roomId} /> : <Threads title={all} />;
}

function ThreadsOfRoom({ roomId }: { roomId: string }) {
  const { all } = useTexts().conversation.threads;
  const nameOf = useRoomName();
  const { room } = useRoom(roomId);
  return <Threads roomId={roomId} title={room ? `${all}: ${nameOf(room)}` : all} />;
}

function Threads({ roomId, title }: { roomId?: string; title: string }) {
  const { conversation, common } = useTexts();
  const texts = conversation.threads;
  const [filter, setFilter] = useState<ThreadFilter>('followed');
  const { threads, loading, error, hasMore, loadMore } = useThreads({ filter, roomId });
  const isEmpty = threads.length === 0 && !loading && !error;
  return (
    <Page title={title}>
      <Select
        label={texts.filter}
        value={filter}
        options={filters.map((each) => [each, texts.filters[each]])}
        onChange={setFilter}
      />
      <FailedLoad error={error} onRetry={() => void loadMore()} />
      {loading && threads.length === 0 && <Loading text={common.loading(texts.all)} />}
      {isEmpty && <EmptyState title={texts.none} text={texts.noneText} />}
      <ol className="threads">
        {threads.map((thread) => (
          <ThreadRow key={thread.rootId} thread={thread} showsRoom={!roomId} />
        ))}
      </ol>
      {hasMore && (
        <Button busy={loading} onClick={() => void loadMore()}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}

function ThreadRow({ thread, showsRoom }: { thread: Thread; showsRoom: boolean }) {
  const { roomId, root, replies, unread, lastReplyAt } = thread;
  const { conversation } = useTexts();
  const texts = conversation.threads;
  const excerptOf = useExcerpt();
  const dates = useDates();
  const name = useShownName(root);
  return (
    <li>
      <Link to={threadPath(roomId, root.id)} className="thread-row">
        <Avatar id={root.userId} name={name} size="small" />
        <span className="thread-text">
          <strong dir="auto">{name}</strong>
          <span dir="auto">{excerptOf(root)}</span>
          <small>
            {showsRoom && <RoomName roomId={roomId} />}
            {texts.replies(replies)}
            {lastReplyAt && (
              <>
                {' · '}
                <time dateTime={lastReplyAt}>{dates(lastReplyAt)}</time>
              </>
            )}
          </small>
        </span>
        {unread > 0 && <span className="thread-unread">{texts.unread(unread)}</span>}
      </Link>
    </li>
  );
}

function RoomName({ roomId }: { roomId: string }) {
  const room = useRooms().rooms.find(({ id }) => id === roomId);
  const nameOf = useRoomName();
  return (
    room && (
      <>
        <bdi>{nameOf(room)}</bdi>
        {' · '}
      </>
    )
  );
}
