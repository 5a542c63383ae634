import type { Message } from '@parley/client';

/** A mention in a text. */
export interface MarkedMention {
  /** Null: all members of the room. */
  userId: string | null;
  /** As it was written. */
  text: string;
}

/** A text whose mentions are replaced by marks, so that markup around them keeps their places. */
export interface MarkedText {
  text: string;
  mentions: readonly MarkedMention[];
}

/** A mark contains U+0000, which no message does. */
const mark = (index: number): string => `\0${index}\0`;
const marks = /\0(\d+)\0/g;

/** Undefined for messages of earlier releases, and for those that are not stored yet. */
export function markMentions({
  content,
  mentions,
  roomMention,
}: {
  content: string;
  mentions: Message['mentions'];
  roomMention: Message['roomMention'];
}): MarkedText | undefined {
  if (!mentions) return undefined;
  const all = [...mentions, ...(roomMention ? [{ userId: null, ...roomMention }] : [])];
  const marked: MarkedMention[] = [];
  let text = '';
  let end = 0;
  for (const { userId, start = -1, length = 0 } of all.sort((a, b) => (a.start ?? -1) - (b.start ?? -1))) {
    // Several users may have the same name there.
    if (start < end) continue;
    text += content.slice(end, start) + mark(marked.length);
    end = start + length;
    marked.push({ userId, text: content.slice(start, end) });
  }
  return { text: text + content.slice(end), mentions: marked };
}

/** The text as it was written, for code. */
export const withoutMarks = (text: string, mentions: readonly MarkedMention[]): string =>
  text.replace(marks, (_, index) => mentions[Number(index)]?.text ?? '');
