import { useOnlineCount, useRoom } from '@parley/react';
import { Hash, Lock, MessagesSquare, TextSearch, Users } from 'lucide-react';
import { useState } from 'react';
import { PageHead } from '../app/page.tsx';
import { Link, navigate, searchPath, threadPath, threadsPath } from '../app/router.tsx';
import { useMedia } from '../app/use-media.ts';
import { useWaits } from '../app/use-waits.ts';
import { Conversation } from '../conversation/conversation.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { BotBadge } from '../ui/bot-badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';
import { Loading } from '../ui/loading.tsx';
import { DirectMenu } from './direct-menu.tsx';
import { Members } from './members.tsx';
import { RoomMenu } from './room-menu.tsx';
import { useRoomName } from './room-name.ts';
import './room-page.css';

const JoinBar = lazyPart(() => import('./join-bar.tsx').then(({ JoinBar }) => JoinBar));
const ThreadPanel = lazyPart(() =>
  import('../threads/thread-panel.tsx').then(({ ThreadPanel }) => ThreadPanel),
);

interface RoomPageProps {
  roomId: string;
  at: number | null;
  /** A message of the thread that is shown beside the room, instead of its members. */
  thread?: string | undefined;
}

/** A room: its head, its conversation and its members. */
export function RoomPage({ roomId, at, thread }: RoomPageProps) {
  const { rooms: texts, room: roomTexts, search, common, app, connection, conversation } = useTexts();
  const state = useRoom(roomId);
  const nameOf = useRoomName();
  // From three columns on, the members are shown unless the reader closes them.
  const isWide = useMedia('(min-width: 1100px)');
  const [chosen, setShowsMembers] = useState<boolean>();
  const showsMembers = chosen ?? isWide;
  const { room, loading, error } = state;
  const waits = useWaits(state);
  if (!room) {
    if (waits) return <EmptyState isPage title={connection.willLoad} />;
    if (loading && !error) return <Loading text={common.loading(texts.rooms)} />;
    if (error && error.code !== 'room_not_found')
      return <FailedLoad isPage error={error} onRetry={() => void state.reload()} />;
    return (
      <EmptyState isPage title={texts.gone}>
        <Link to="/" className="button primary">
          {app.toRooms}
        </Link>
      </EmptyState>
    );
  }
  const name = nameOf(room);
  const isDirect = room.kind === 'direct';
  return (
    <div className={showsMembers || thread ? 'room-page with-members' : 'room-page'}>
      <div className="room-main">
        <PageHead
          title={
            <>
              {isDirect ? (
                <Avatar id={room.peer?.userId ?? roomId} name={name} size="small" />
              ) : (
                <Avatar
                  id={roomId}
                  name={name}
                  size="small"
                  icon={room.isPrivate ? <Lock size={14} /> : <Hash size={14} />}
                />
              )}
              <h1 dir="auto">{name}</h1>
              <BotBadge user={room.peer} />
              <Counts roomId={roomId} isDirect={isDirect} count={room.memberCount} />
            </>
          }
        >
          <IconButton
            label={conversation.threads.inRoom}
            icon={<MessagesSquare size={20} />}
            onClick={() => navigate(threadsPath(roomId))}
          />
          <IconButton
            label={search.inRoom}
            icon={<TextSearch size={20} />}
            onClick={() => navigate(searchPath(roomId))}
          />
          <IconButton
            label={roomTexts.details}
            aria-expanded={showsMembers}
            icon={<Users size={20} />}
            onClick={() => setShowsMembers(!showsMembers)}
          />
          {room.role && !isDirect && <RoomMenu state={state} name={name} />}
          {room.peer && <DirectMenu roomId={roomId} userId={room.peer.userId} />}
        </PageHead>
        {!room.role && <JoinBar roomId={roomId} onJoined={state.reload} />}
        <div className="room-conversation">
          <Conversation roomId={roomId} at={at} name={name} />
        </div>
      </div>
      {thread ? (
        <ThreadPanel
          key={thread}
          roomId={roomId}
          messageId={thread}
          onClose={() => navigate(threadPath(roomId, null))}
        />
      ) : (
        showsMembers && <Members state={state} onClose={() => setShowsMembers(false)} />
      )}
    </div>
  );
}

function Counts({ roomId, isDirect, count }: { roomId: string; isDirect: boolean; count: number }) {
  const { rooms: texts } = useTexts();
  const online = useOnlineCount(roomId);
  if (isDirect) return null;
  return (
    <small>
      {texts.members(count)} · {texts.online(online)}
    </small>
  );
}
