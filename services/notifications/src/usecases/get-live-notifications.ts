import { ask } from '@parley/bus';
import { calls, type Message } from '@parley/contracts';
import { noteText, toNoted } from '../domain/message-note.ts';
import { asWanted } from '../domain/settings.ts';
import { type CurrentRow, findLiveRows, type LiveRow } from '../stores/message-rows.ts';
import { findUserSettings } from '../stores/settings.ts';
import type { Context } from './context.ts';

/**
 * Rows as clients may see them now. Changes of messages reach this service with a delay, so each
 * text is checked against the message itself: the text of an edited message is replaced, and a row
 * whose message was deleted is left out, because its correction follows. The users' settings apply
 * as they are now.
 */
export async function getLiveNotifications(
  context: Pick<Context, 'db' | 'bus' | 'clock'>,
  ids: readonly string[],
): Promise<CurrentRow[]> {
  const { db, bus, clock } = context;
  const rows = await findCurrent({ db, bus }, ids);
  const settings = await findUserSettings(db, [...new Set(rows.map(({ userId }) => userId))]);
  return rows.map(({ userId, notification, version }) => {
    const own = settings.get(userId);
    return { version, notification: own ? asWanted(notification, own, clock()) : notification };
  });
}

async function findCurrent(
  { db, bus }: Pick<Context, 'db' | 'bus'>,
  ids: readonly string[],
): Promise<LiveRow[]> {
  const rows = await findLiveRows(db, ids);
  const asked = new Map(
    rows.flatMap(({ shows }) =>
      shows ? [[shows.id, { roomId: shows.room.id, seq: shows.seq }] as const] : [],
    ),
  );
  if (asked.size === 0) return rows;
  const { messages } = await ask(bus, calls.getMessages, { messages: [...asked.values()] });
  const current = new Map(messages.map((message) => [message.id, message]));
  return rows.flatMap((row) => live(row, current));
}

function live(row: LiveRow, current: ReadonlyMap<string, Message>): LiveRow[] {
  const { notification, shows } = row;
  if (!shows) return [row];
  const message = current.get(shows.id);
  if (!message || message.deletedAt) return [];
  if (message.changedSeq <= shows.changedSeq) return [row];
  const { count, mentions } = notification.metadata;
  const { metadata, ...text } = noteText(shows.room, toNoted(message, message.changedSeq));
  const counts = { ...(count !== undefined && { count }), ...(mentions !== undefined && { mentions }) };
  return [{ ...row, notification: { ...notification, ...text, metadata: { ...metadata, ...counts } } }];
}
