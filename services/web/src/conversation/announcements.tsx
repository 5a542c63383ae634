import type { Message } from '@parley/client';
import type { TimelineItem } from '@parley/react';
import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { useExcerpt } from './message/excerpt.ts';
import { useStable } from './use-stable.ts';

/** Screen readers would not keep up with more. */
const announceEveryMs = 1_000;
const maxMessages = 3;

interface AnnouncementsProps {
  items: readonly TimelineItem[];
  /** Whether the end of the room is not loaded: then no new ones are among the items. */
  isPartial: boolean;
  ownId: string;
}

/** Reads new messages of others out, or their number if there are many. */
export function Announcements({ items, isPartial, ownId }: AnnouncementsProps) {
  const { conversation } = useTexts();
  const shownName = useShownNames();
  const excerptOf = useExcerpt();
  // Each has an element of its own: the same text twice would change nothing, and not be read out.
  const [lines, setLines] = useState<{ id: string; text: string }[]>([]);
  const lastSeq = useRef<number>(undefined);
  const waiting = useRef<Message[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const announce = useStable(() => {
    timer.current = undefined;
    const messages = waiting.current.splice(0);
    const [first] = messages;
    if (!first) return;
    setLines(
      messages.length > maxMessages
        ? [{ id: first.id, text: conversation.newMessages(messages.length) }]
        : messages.map((message) => ({
            id: message.id,
            text: conversation.announce(shownName(message), excerptOf(message)),
          })),
    );
  });
  useEffect(() => {
    if (isPartial) {
      lastSeq.current = undefined;
      return;
    }
    const fresh: Message[] = [];
    const seen = lastSeq.current;
    for (let index = items.length - 1; index >= 0; index--) {
      const item = items[index];
      if (item?.kind !== 'message') continue;
      if (seen === undefined || item.message.seq <= seen) break;
      if (item.message.userId !== ownId) fresh.unshift(item.message);
    }
    const last = items.findLast(({ kind }) => kind === 'message');
    lastSeq.current = last?.kind === 'message' ? last.message.seq : 0;
    if (fresh.length === 0) return;
    waiting.current.push(...fresh);
    timer.current ??= setTimeout(announce, announceEveryMs);
  }, [items, isPartial, ownId, announce]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return (
    <div className="sr-only" role="log" aria-live="polite" aria-label={conversation.messages}>
      {lines.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
