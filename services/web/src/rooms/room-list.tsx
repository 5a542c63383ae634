import type { Message } from '@parley/client';
import { type RoomSummary, usePresence, useRooms, useTypingUsers } from '@parley/react';
import { Hash, Lock } from 'lucide-react';
import { memo } from 'react';
import { Link, roomPath, useRoute } from '../app/router.tsx';
import { hiddenReason, useExcerpt } from '../conversation/message/excerpt.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownName } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Loading } from '../ui/loading.tsx';
import { useRoomName } from './room-name.ts';
import './room-list.css';

/** The user's rooms, the one with the newest activity first. */
export function RoomList() {
  const { rooms, loading, error, refresh } = useRooms();
  const { rooms: texts, common } = useTexts();
  const route = useRoute();
  const openId = route.page === 'room' ? route.roomId : null;
  const direct = rooms.filter(({ kind }) => kind === 'direct');
  const others = rooms.filter(({ kind }) => kind !== 'direct');
  return (
    <div className="room-list">
      {loading && rooms.length === 0 && <Loading text={common.loading(texts.rooms)} />}
      <FailedLoad error={error} onRetry={refresh} />
      {others.length > 0 && <Group title={texts.rooms} rooms={others} openId={openId} />}
      {direct.length > 0 && <Group title={texts.people} rooms={direct} openId={openId} />}
    </div>
  );
}

interface GroupProps {
  title: string;
  rooms: readonly RoomSummary[];
  openId: string | null;
}

function Group({ title, rooms, openId }: GroupProps) {
  return (
    <section aria-label={title}>
      <h2 className="room-group">{title}</h2>
      <ul>
        {rooms.map((room) => (
          <RoomItem key={room.id} room={room} isOpen={room.id === openId} />
        ))}
      </ul>
    </section>
  );
}

const RoomItem = memo(function RoomItem({ room, isOpen }: { room: RoomSummary; isOpen: boolean }) {
  const name = useRoomName()(room);
  const { rooms: texts } = useTexts();
  const { kind, isPrivate, peer, unread, mentions } = room;
  return (
    <li>
      <Link
        to={roomPath(room.id)}
        className={unread > 0 ? 'room-item new' : 'room-item'}
        aria-current={isOpen ? 'page' : undefined}
      >
        {kind === 'direct' && peer ? (
          <PersonAvatar userId={peer.userId} name={name} />
        ) : (
          <Avatar
            id={room.id}
            name={name}
            size="small"
            icon={isPrivate ? <Lock size={14} /> : <Hash size={14} />}
          />
        )}
        <span className="room-text">
          <span className="room-name" dir="auto">
            {name}
          </span>
          {isPrivate && kind !== 'direct' && <span className="sr-only"> ({texts.private})</span>}
          <SecondLine room={room} />
        </span>
        {unread > 0 && (
          <span className="badge">
            <span aria-hidden="true">{mentions > 0 ? `@${mentions}` : unread > 99 ? '99+' : unread}</span>
            <span className="sr-only">{mentions > 0 ? texts.mentions(mentions) : texts.unread(unread)}</span>
          </span>
        )}
      </Link>
    </li>
  );
});

/** The person is typing, or the last message if it is unread. */
function SecondLine({ room: { id, kind, unread, lastMessage } }: { room: RoomSummary }) {
  const { rooms: texts } = useTexts();
  const isTyping = useTypingUsers(id).length > 0;
  const isDirect = kind === 'direct';
  if (isDirect && isTyping) return <span className="room-preview">{texts.typing}</span>;
  if (!lastMessage || unread === 0 || hiddenReason(lastMessage)) return null;
  return <Preview message={lastMessage} isDirect={isDirect} />;
}

function Preview({ message, isDirect }: { message: Message; isDirect: boolean }) {
  const name = useShownName(message);
  const excerpt = useExcerpt()(message);
  return (
    <span className="room-preview" dir="auto">
      {isDirect ? excerpt : `${name}: ${excerpt}`}
    </span>
  );
}

function PersonAvatar({ userId, name }: { userId: string; name: string }) {
  const { common } = useTexts();
  const isOnline = usePresence(userId) === 'online';
  return (
    <>
      <Avatar id={userId} name={name} size="small" live={isOnline} />
      {isOnline && <span className="sr-only">{common.online}, </span>}
    </>
  );
}
