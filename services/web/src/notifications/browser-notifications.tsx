import type { Message } from '@parley/client';
import { type RoomSummary, useRooms, useSession } from '@parley/react';
import { useEffect, useRef } from 'react';
import { navigate, roomPath } from '../app/router.tsx';
import { useExcerpt } from '../conversation/message/excerpt.ts';
import { useStable } from '../conversation/use-stable.ts';
import { useRoomName } from '../rooms/room-name.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { usePreferences } from './preferences.ts';

/** Shows new messages as notifications of the browser while the page is hidden. */
export function BrowserNotifications() {
  const { user } = useSession();
  const { enabled, onlyDirect } = usePreferences(user?.userId);
  const { rooms } = useRooms();
  const { inbox } = useTexts();
  const nameOf = useRoomName();
  const shownName = useShownNames();
  const excerptOf = useExcerpt();
  const show = useStable((room: RoomSummary, message: Message) => {
    const notification = new Notification(inbox.newTitle(nameOf(room)), {
      body: `${shownName(message)}: ${excerptOf(message)}`,
      // A later message of the room replaces it, also that of another tab.
      tag: room.id,
    });
    notification.onclick = () => {
      focus();
      navigate(roomPath(room.id));
      notification.close();
    };
  });
  const seen = useRef<Map<string, number>>(undefined);
  useEffect(() => {
    const before = seen.current;
    const lastSeq = ({ lastMessage }: RoomSummary) => lastMessage?.seq ?? 0;
    // Rooms that appear later bring their old messages with them.
    seen.current = new Map([...(before ?? []), ...rooms.map((room) => [room.id, lastSeq(room)] as const)]);
    if (!before || !enabled || !document.hidden) return;
    if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
    for (const room of rooms) {
      const known = before.get(room.id);
      const { lastMessage, kind } = room;
      const isNew = known !== undefined && lastSeq(room) > known && room.unread > 0;
      if (!isNew || !lastMessage || lastMessage.userId === user?.userId) continue;
      if (onlyDirect && kind !== 'direct' && room.mentions === 0) continue;
      show(room, lastMessage);
    }
  }, [rooms, enabled, onlyDirect, user, show]);
  return null;
}
