import type { Texts } from '../texts/en.ts';

/** The subject of a notification of the browser. */
export interface Incoming {
  kind: 'message' | 'mention' | 'direct' | 'thread';
  /** The author's; undefined: unknown. */
  name?: string;
  /** The room's. */
  room: string;
}

/** The title of a notification, in the reader's language. */
export function incomingTitle({ inbox }: Pick<Texts, 'inbox'>, { kind, name, room }: Incoming): string {
  if (kind === 'direct') return inbox.directTitle(room);
  if (kind === 'mention') return name ? inbox.mentionTitle(name, room) : inbox.mentionedTitle(room);
  return kind === 'thread' && name ? inbox.threadTitle(name, room) : inbox.newTitle(room);
}
