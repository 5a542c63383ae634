import type { Message, ParleyClient } from '@parley/client';
import { useClient, useUnreadMentions } from '@parley/react';
import { useEffect, useRef, useState } from 'react';
import { doesMention, isOnlyInThread } from './mentions.ts';
import type { RoomContext } from './room-context.ts';
import { useStable } from './use-stable.ts';

const pageSize = 200;
/** Mentions behind further messages are found once those before them are read. */
const maxPages = 5;

interface Reader {
  roomId: string;
  ownId: string;
  /** How far the reader has read the room. */
  readSeq: number;
  context: Pick<RoomContext, 'jumpTo' | 'openThread'>;
}

/** The unread mentions of the reader in a room, and the way to the next one, also into threads. */
export function useMentions({ roomId, ownId, readSeq, context }: Reader) {
  const client = useClient();
  const count = useUnreadMentions(roomId);
  const [found, setFound] = useState<readonly Message[]>([]);
  const [isFound, setIsFound] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const last = useRef(0);
  const find = useStable(() => findMentions(client, { roomId, ownId, after: readSeq }));
  useEffect(() => {
    let isCurrent = true;
    const show = (messages: readonly Message[]) => {
      if (!isCurrent) return;
      setFound(messages);
      setIsFound(true);
    };
    setIsFound(false);
    if (count > 0)
      // Without an answer, the end of the room settles all of them.
      find().then(show, () => show([]));
    return () => {
      isCurrent = false;
    };
  }, [count, find]);
  const unread = found.filter((message) =>
    isOnlyInThread(message) ? !opened.has(message.id) : message.seq > readSeq,
  );
  const next = useStable(() => {
    const message = unread.find(({ seq }) => seq > last.current) ?? unread[0];
    if (!message) return;
    last.current = message.seq;
    if (!isOnlyInThread(message)) return context.jumpTo(message.seq);
    setOpened((before) => new Set(before).add(message.id));
    context.openThread?.(message);
  });
  // The end of the room settles those that it shows, and those that edits have added before.
  const settled = isFound && !unread.some(isOnlyInThread) ? count : 0;
  return { count: unread.length, next, settled };
}

async function findMentions(
  { api }: ParleyClient,
  { roomId, ownId, after }: { roomId: string; ownId: string; after: number },
): Promise<Message[]> {
  const found: Message[] = [];
  let from: number | null = after;
  for (let page = 0; page < maxPages && from !== null; page++) {
    const { messages, pagination } = await api.getHistory({ roomId, after_seq: from, limit: pageSize });
    found.push(...messages.filter((message) => doesMention(message, ownId)));
    from = pagination.hasMore ? pagination.after_seq : null;
  }
  return found;
}
