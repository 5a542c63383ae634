import type { Message, Notification, Operations } from '@parley/client';
import type { Lifetime } from './lifetime.ts';
import { type Live, listen } from './live.ts';
import { MessageLoader } from './message-loader.ts';

const pageSize = 100;
/** Mentions in rooms that were quiet for longer show as unread messages. */
const maxPages = 5;

/**
 * Follows how many unread messages of each room mention the user, as the inbox counts them: those
 * that were sent while no device of the user followed the room.
 * @returns reads the inbox, until `isCurrent` is false. Never rejects: the next load repeats it.
 */
export function followMentions(
  live: Live,
  lifetime: Lifetime,
  show: (roomId: string, mentions: number) => void,
): (isCurrent: () => boolean) => Promise<void> {
  const put = ({ type, isRead, metadata: { roomId, mentions = 0 } }: Notification) => {
    if (type === 'message' && !isRead && roomId && mentions > 0) show(roomId, mentions);
  };
  listen(live, lifetime, 'notification', put);
  listen(live, lifetime, 'notificationUpdated', put);
  return async (isCurrent) => {
    const { api } = live.client;
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page: Operations['listUnreadNotifications']['output'] | undefined = await api
        .listUnreadNotifications({ limit: pageSize, ...(cursor && { cursor }) })
        .catch(() => undefined);
      if (!page || !isCurrent()) return;
      page.notifications.forEach(put);
      cursor = page.nextCursor ?? undefined;
    } while (cursor && ++pages < maxPages);
  };
}

/** The server counts as many unread messages of a room. */
const maxUnread = 1_000;

/**
 * The messages of others after that number that mention the user: id → `seq`.
 * @throws ParleyError
 */
export async function findMentions(
  live: Live,
  roomId: string,
  readSeq: number,
): Promise<Map<string, number>> {
  const loader = new MessageLoader(live.client, roomId);
  const found = new Map<string, number>();
  let after = readSeq;
  for (let count = 0; count < maxUnread; count += pageSize) {
    const { messages, hasAfter } = await loader.after(after, pageSize);
    for (const message of messages) if (doesMention(message, live)) found.set(message.id, message.seq);
    after = messages.at(-1)?.seq ?? after;
    if (!hasAfter) break;
  }
  return found;
}

/** Whether an existing message of somebody else mentions the user. */
export const doesMention = (
  message: Message,
  { userId, username }: { userId: string; username: string },
): boolean =>
  message.userId !== userId &&
  message.deletedAt === null &&
  !message.isEncrypted &&
  mentionsUser(message.content, username);

/**
 * Whether a text mentions the user, for messages that a device of theirs follows: no inbox counts
 * these. Unlike the server's rule, it does not know longer names of other members, and expects the
 * end of a word after the name.
 */
export function mentionsUser(content: string, username: string): boolean {
  if (!/[@＠]/.test(content)) return false;
  const text = foldName(content);
  const name = `@${foldName(username)}`;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    const isAddress = /[\p{L}\p{N}_]$/u.test(text.slice(Math.max(at - 2, 0), at));
    if (!isAddress && !/^[\p{L}\p{M}\p{N}_]/u.test(text.slice(end, end + 2))) return true;
  }
  return false;
}

const foldName = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ');
