import { ask } from '@parley/bus';
import { type Change, calls, type Message, type MissedPeriod } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import { type CountedMessage, countMessages, toNoted } from '../domain/message-note.ts';
import { countLate, findCounted } from '../stores/counted-messages.ts';
import { addMessages, deriveRows, extendRows } from '../stores/message-rows.ts';
import { lockRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { findConcerned, withoutBlocks } from './find-audience.ts';
import { knowRooms } from './know-rooms.ts';
import { byMessageId } from './notify-of-mentions.ts';
import { notifyOfMessages } from './notify-of-messages.ts';

const periodsAtOnce = 1_000;
const messagesPerCall = 500;

/**
 * Notifies users of the messages that arrived while they only seemed to view the room. Messages
 * that count already, have been read, or still wait to be handled are skipped, so that repeated
 * periods change nothing.
 */
export async function notifyOfMissed(context: Context, missed: readonly MissedPeriod[]): Promise<void> {
  const rooms = new Map<string, MissedPeriod[]>();
  for (const period of missed) rooms.set(period.roomId, [...(rooms.get(period.roomId) ?? []), period]);
  for (const [roomId, periods] of rooms)
    for (const some of chunks(periods, periodsAtOnce)) await notifyRoom(context, roomId, some);
}

async function notifyRoom(context: Context, roomId: string, periods: readonly MissedPeriod[]): Promise<void> {
  const { bus, inbox, newId, clock } = context;
  const since = periods.map((period) => period.since).sort()[0] ?? '';
  const userIds = [...new Set(periods.map(({ userId }) => userId))];
  const asked = { roomId, since, userIds };
  const { messages, positions } = await ask(bus, calls.getMissedMessages, asked);
  if (messages.length === 0) return;
  await knowRooms(context, [roomId]);
  const { mentions, concerned } = await findConcerned(context, messages);
  const recipients = await withoutBlocks(context, concerned);
  const readSeqs = new Map(positions.map(({ userId, seq }) => [userId, seq]));
  const missedBy = (message: Message) => {
    const people = new Set(recipients.get(message));
    return userIds.filter(
      (userId) =>
        people.has(userId) &&
        message.seq > (readSeqs.get(userId) ?? Number.POSITIVE_INFINITY) &&
        periods.some((period) => period.userId === userId && isWithin(message, period)),
    );
  };
  await inbox.transact(async (trx, add) => {
    const [room] = await lockRooms(trx, [roomId]);
    if (!room || room.closed) return;
    // Later messages find nobody watching when they are handled.
    const handled = messages.filter(({ seq }) => seq <= room.publishedSeq);
    const known = await findCounted(
      trx,
      roomId,
      handled.map(({ seq }) => seq),
    );
    const counted = handled.flatMap((message): CountedMessage[] => {
      const recipients = missedBy(message).filter((userId) => !known.get(message.seq)?.has(userId));
      return recipients.length > 0 ? [{ ...toNoted(message, message.changedSeq), recipients }] : [];
    });
    if (counted.length === 0) return;
    const now = new Date(clock());
    await countLate(trx, counted);
    const notes = countMessages(room, counted, byMessageId(mentions));
    const extended = await extendRows(trx, notes);
    const ids = extended.map(({ id }) => id);
    const { updated } = await deriveRows(trx, new Map([[roomId, room]]), ids, now);
    const shown = new Set(extended.map(({ userId }) => userId));
    const rows = notes.filter(({ userId }) => !shown.has(userId));
    add({ created: [...updated, ...(await addMessages(trx, rows, newId, now))] });
  });
  const missed = messages.filter((message) => missedBy(message).length > 0);
  if (missed.length === 0) return;
  const changes = await findChanges(context, missed);
  const after = await ask(bus, calls.getMissedMessages, asked);
  const reads = after.positions.filter(({ userId, seq }) => seq > (readSeqs.get(userId) ?? 0));
  changes.push(...reads.map((position) => toRead(roomId, position, new Date(clock()))));
  if (changes.length > 0) await notifyOfMessages(context, changes);
}

/**
 * How messages have changed since they were requested. While a partition moves, another replica may
 * already have handled these changes, when there was no row to correct.
 */
async function findChanges({ bus }: Context, messages: readonly Message[]): Promise<Change[]> {
  const known = new Map(messages.map(({ id, changedSeq }) => [id, changedSeq]));
  const changes: Change[] = [];
  for (const some of chunks(messages, messagesPerCall)) {
    const asked = some.map(({ roomId, seq }) => ({ roomId, seq }));
    const { messages: current } = await ask(bus, calls.getMessages, { messages: asked });
    for (const message of current) {
      const { id, roomId, changedSeq: seq, deletedAt } = message;
      if (seq <= (known.get(id) ?? 0)) continue;
      changes.push({ kind: deletedAt ? 'message.deleted' : 'message.edited', roomId, seq, message });
    }
  }
  return changes;
}

const toRead = (roomId: string, { userId, seq }: { userId: string; seq: number }, now: Date): Change => ({
  kind: 'read.advanced',
  roomId,
  by: { userId, username: '' },
  messageId: null,
  position: { roomId, userId, seq, readAt: now.toISOString() },
});

const isWithin = ({ createdAt }: Message, { since, until }: MissedPeriod): boolean =>
  Date.parse(createdAt) >= Date.parse(since) &&
  (until === undefined || Date.parse(createdAt) < Date.parse(until));
