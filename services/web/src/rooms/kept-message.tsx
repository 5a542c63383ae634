import type { Message } from '@parley/client';
import { useRooms } from '@parley/react';
import type { ReactNode } from 'react';
import { useExcerpt } from '../conversation/message/excerpt.ts';
import { Hit } from '../search/hit.tsx';
import { useRoomName } from './room-name.ts';
import '../search/search.css';

interface KeptMessageProps {
  message: Message;
  /** The reader follows the link. */
  onOpen?: () => void;
  /** A button beside it. */
  children?: ReactNode;
}

/** A pinned or saved message; it leads to its place in the room. */
export function KeptMessage({ message, onOpen, children }: KeptMessageProps) {
  const { rooms } = useRooms();
  const nameOf = useRoomName();
  const excerptOf = useExcerpt();
  const room = rooms.find(({ id }) => id === message.roomId);
  const hit = { message: { ...message, content: excerptOf(message) }, ranges: [] };
  return (
    <Hit hit={hit} roomName={room ? nameOf(room) : ''} onOpen={onOpen}>
      {children}
    </Hit>
  );
}
