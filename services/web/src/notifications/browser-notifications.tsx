import type { Message, Thread } from '@parley/client';
import { type RoomSummary, useAccount, useClient, useRooms, useSession, useThreads } from '@parley/react';
import { useEffect, useRef } from 'react';
import { navigate, roomPath, threadPath } from '../app/router.tsx';
import { doesMention } from '../conversation/mentions.ts';
import { useExcerpt } from '../conversation/message/excerpt.ts';
import { useStable } from '../conversation/use-stable.ts';
import { useRoomName } from '../rooms/room-name.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { type Incoming, incomingTitle } from './incoming.ts';
import { usePreferences } from './preferences.ts';
import { isQuiet } from './quiet-hours.ts';

/** Shows new messages as notifications of the browser while the page is hidden. */
export function BrowserNotifications() {
  const { user } = useSession();
  const { enabled, onlyDirect } = usePreferences(user?.userId);
  const { rooms } = useRooms();
  const settings = useAccount((account) => account.notificationSettings);
  const { threads, loading } = useThreads({ filter: 'unread' });
  const client = useClient();
  const texts = useTexts();
  const nameOf = useRoomName();
  const shownName = useShownNames();
  const excerptOf = useExcerpt();
  const ownId = user?.userId ?? '';
  const canShow = () =>
    enabled && document.hidden && 'Notification' in globalThis && Notification.permission === 'granted';

  const show = useStable(
    (room: RoomSummary, kind: Incoming['kind'], message: Message | null, path?: string) => {
      const name = message ? shownName(message) : undefined;
      const title = incomingTitle(texts, { kind, room: nameOf(room), ...(name && { name }) });
      // Titles of the other kinds name the author.
      const prefix = kind === 'message' && name ? `${name}: ` : '';
      const notification = new Notification(title, {
        ...(message && settings?.preview !== false && { body: prefix + excerptOf(message) }),
        silent: isQuiet(settings?.quietHours ?? null, Date.now()),
        // A later message of the room or thread replaces it, also that of another tab.
        tag: path ?? room.id,
      });
      notification.onclick = () => {
        focus();
        navigate(path ?? roomPath(room.id));
        notification.close();
      };
    },
  );

  const seen = useRef<Map<string, { seq: number; mentions: number }>>(undefined);
  useEffect(() => {
    const before = seen.current;
    const now = rooms.map(
      ({ id, lastMessage, mentions }) => [id, { seq: lastMessage?.seq ?? 0, mentions }] as const,
    );
    // Rooms that appear later bring their old messages with them.
    seen.current = new Map([...(before ?? []), ...now]);
    if (!before || !canShow()) return;
    for (const room of rooms) {
      const known = before.get(room.id);
      const { lastMessage, kind, badge, mentions } = room;
      // By the user's settings, there is nothing to tell.
      if (!known || badge === 0) continue;
      const isNew = lastMessage && lastMessage.seq > known.seq && lastMessage.userId !== ownId;
      const isMention = isNew && doesMention(lastMessage, ownId);
      if (isMention) show(room, 'mention', lastMessage);
      else if (isNew && kind === 'direct') show(room, 'direct', lastMessage);
      // In a thread, or by an edit.
      else if (mentions > known.mentions) show(room, 'mention', null);
      else if (isNew && !onlyDirect) show(room, 'message', lastMessage);
    }
  });

  const unread = useRef<Map<string, number>>(undefined);
  const showReply = useStable(async ({ roomId, rootId }: Thread) => {
    const page = await client.api.getThread({ roomId, messageId: rootId, limit: 1 });
    const room = rooms.find(({ id }) => id === roomId);
    const [reply] = page.messages;
    // A mention has a notification of its own.
    if (room && !room.isMuted && reply && reply.userId !== ownId && !doesMention(reply, ownId))
      show(room, 'thread', reply, threadPath(roomId, rootId));
  });
  useEffect(() => {
    if (loading) return;
    const before = unread.current;
    const now = threads.map((thread) => [thread.rootId, thread.unread] as const);
    unread.current = new Map([...[...(before ?? [])].map(([id]) => [id, 0] as const), ...now]);
    if (!before || !canShow()) return;
    for (const thread of threads)
      if (thread.unread > (before.get(thread.rootId) ?? 0)) showReply(thread).catch(() => undefined);
  });
  return null;
}
