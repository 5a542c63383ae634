import { ask } from '@parley/bus';
import { calls, type Message, type Notification } from '@parley/contracts';
import { noteText, toNoted } from '../domain/message-note.ts';
import { findLiveRows, type LiveRow } from '../stores/message-rows.ts';
import type { Context } from './context.ts';

/**
 * Rows as clients may see them now. Changes of messages reach this service with a delay, so each
 * text is checked against the message itself: the text of an edited message is replaced, and a row
 * whose message was deleted is left out, because its correction follows.
 */
export async function getLiveNotifications(
  { db, bus }: Context,
  ids: readonly string[],
): Promise<Notification[]> {
  const rows = await findLiveRows(db, ids);
  const asked = new Map(
    rows.flatMap(({ shows }) =>
      shows ? [[shows.id, { roomId: shows.room.id, seq: shows.seq }] as const] : [],
    ),
  );
  if (asked.size === 0) return rows.map(({ notification }) => notification);
  const { messages } = await ask(bus, calls.getMessages, { messages: [...asked.values()] });
  const current = new Map(messages.map((message) => [message.id, message]));
  return rows.flatMap((row) => live(row, current));
}

function live({ notification, shows }: LiveRow, current: ReadonlyMap<string, Message>): Notification[] {
  if (!shows) return [notification];
  const message = current.get(shows.id);
  if (!message || message.deletedAt) return [];
  if (message.changedSeq <= shows.changedSeq) return [notification];
  const { count, mentions } = notification.metadata;
  const { metadata, ...text } = noteText(shows.room, toNoted(message, message.changedSeq));
  const counts = { ...(count !== undefined && { count }), ...(mentions !== undefined && { mentions }) };
  return [{ ...notification, ...text, metadata: { ...metadata, ...counts } }];
}
