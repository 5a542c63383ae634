import type { Message } from '@parley/client';
import { type RoomSummary, usePresence, useRooms, useTypingUsers } from '@parley/react';
import { BellOff, Hash, Lock } from 'lucide-react';
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

/** The user's rooms, in their order. Hidden ones are at the end, unless they are open. */
export function RoomList() {
  const { rooms: all, loading, error, refresh } = useRooms();
  const { rooms: texts, account, common } = useTexts();
  const route = useRoute();
  const openId = route.page === 'room' ? route.roomId : null;
  const isShown = ({ id, isHidden }: RoomSummary) => !isHidden || id === openId;
  const rooms = all.filter(isShown);
  const hidden = all.filter((room) => !isShown(room));
  const direct = rooms.filter(({ kind }) => kind === 'direct');
  const others = rooms.filter(({ kind }) => kind !== 'direct');
  return (
    <div className="room-list">
      {loading && all.length === 0 && <Loading text={common.loading(texts.rooms)} />}
      <FailedLoad error={error} onRetry={refresh} />
      {others.length > 0 && <Group title={texts.rooms} rooms={others} openId={openId} />}
      {direct.length > 0 && <Group title={texts.people} rooms={direct} openId={openId} />}
      {hidden.length > 0 && (
        <details>
          <summary className="room-group">{account.hidden}</summary>
          <RoomItems rooms={hidden} openId={openId} />
        </details>
      )}
    </div>
  );
}

interface RoomItemsProps {
  rooms: readonly RoomSummary[];
  openId: string | null;
}

function Group({ title, ...props }: RoomItemsProps & { title: string }) {
  return (
    <section aria-label={title}>
      <h2 className="room-group">{title}</h2>
      <RoomItems {...props} />
    </section>
  );
}

function RoomItems({ rooms, openId }: RoomItemsProps) {
  return (
    <ul>
      {rooms.map((room) => (
        <RoomItem key={room.id} room={room} isOpen={room.id === openId} />
      ))}
    </ul>
  );
}

const RoomItem = memo(function RoomItem({ room, isOpen }: { room: RoomSummary; isOpen: boolean }) {
  const name = useRoomName()(room);
  const { rooms: texts, account } = useTexts();
  const { kind, isPrivate, peer, unread, mentions, badge, isMuted } = room;
  const isNew = badge > 0 || (mentions > 0 && !isMuted);
  return (
    <li>
      <Link
        to={roomPath(room.id)}
        className={isNew ? 'room-item new' : 'room-item'}
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
        {isMuted && (
          <>
            <BellOff size={14} aria-hidden="true" />
            <span className="sr-only">{account.muted}</span>
          </>
        )}
        {(unread > 0 || mentions > 0) && (
          <span className={isNew ? 'badge' : 'badge calm'}>
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
