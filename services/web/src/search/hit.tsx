import type { SearchHit } from '@parley/client';
import type { ReactNode } from 'react';
import { Link, roomPath } from '../app/router.tsx';
import { useDates } from '../texts/use-dates.ts';
import { useShownName } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { BotBadge } from '../ui/bot-badge.tsx';
import { excerptParts } from './excerpt-parts.ts';

interface HitProps {
  hit: SearchHit;
  roomName: string;
  /** The reader follows the link. */
  onOpen?: (() => void) | undefined;
  /** A button beside it. */
  children?: ReactNode;
}

/** A message that was found; it leads to its place in the room. */
export function Hit({ hit: { message, ranges }, roomName, onOpen, children }: HitProps) {
  const { roomId, seq, userId, content, createdAt } = message;
  const name = useShownName(message);
  const dates = useDates();
  return (
    <li className="search-hit">
      <Avatar id={userId} name={name} size="small" />
      <Link to={roomPath(roomId, seq)} className="search-hit-link" onClick={onOpen}>
        <span className="search-hit-head">
          <strong dir="auto">{name}</strong>
          <BotBadge user={message} />
          <span dir="auto">{roomName}</span>
          <time dateTime={createdAt}>{dates(createdAt)}</time>
        </span>
        <span className="search-hit-text" dir="auto">
          {excerptParts(content, ranges).map(({ text, isMatch }, index) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other identity
            isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
          )}
        </span>
      </Link>
      {children}
    </li>
  );
}
