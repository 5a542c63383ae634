import { useRoom, useRoomPresence } from '@parley/react';
import { Hash, Lock, Users } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { PageHead } from '../app/page.tsx';
import { Link } from '../app/router.tsx';
import { useMedia } from '../app/use-media.ts';
import { useWaits } from '../app/use-waits.ts';
import { Conversation } from '../conversation/conversation.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Loading } from '../ui/loading.tsx';
import { DirectMenu } from './direct-menu.tsx';
import { Members } from './members.tsx';
import { RoomMenu } from './room-menu.tsx';
import { useRoomName } from './room-name.ts';
import './room-page.css';

const JoinBar = lazy(() => import('./join-bar.tsx').then(({ JoinBar }) => ({ default: JoinBar })));

interface RoomPageProps {
  roomId: string;
  at: number | null;
}

/** A room: its head, its conversation and its members. */
export function RoomPage({ roomId, at }: RoomPageProps) {
  const { rooms: texts, room: roomTexts, common, app, connection } = useTexts();
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
    <div className={showsMembers ? 'room-page with-members' : 'room-page'}>
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
              <Counts roomId={roomId} isDirect={isDirect} count={room.memberCount} />
            </>
          }
        >
          <IconButton
            label={roomTexts.details}
            aria-expanded={showsMembers}
            icon={<Users size={20} />}
            onClick={() => setShowsMembers(!showsMembers)}
          />
          {room.role && !isDirect && <RoomMenu state={state} name={name} />}
          {room.peer && <DirectMenu userId={room.peer.userId} />}
        </PageHead>
        {!room.role && (
          <Suspense>
            <JoinBar roomId={roomId} onJoined={state.reload} />
          </Suspense>
        )}
        <div className="room-conversation">
          <Conversation roomId={roomId} at={at} name={name} />
        </div>
      </div>
      {showsMembers && <Members state={state} onClose={() => setShowsMembers(false)} />}
    </div>
  );
}

function Counts({ roomId, isDirect, count }: { roomId: string; isDirect: boolean; count: number }) {
  const { rooms: texts } = useTexts();
  const online = Object.values(useRoomPresence(roomId)).filter(Boolean).length;
  if (isDirect) return null;
  return (
    <small>
      {texts.members(count)} · {texts.online(online)}
    </small>
  );
}
