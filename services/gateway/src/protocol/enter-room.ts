import { ask, type Bus } from '@parley/bus';
import { type Change, calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { Frame } from '../connections/frame.ts';
import { translate } from '../delivery/translate.ts';
import type { Handler } from './protocol-context.ts';

/**
 * `user_joined` goes to everyone in the room, so the entering connection receives it too: once. A
 * new member is announced by the timeline, permanently.
 */
export const enterRoom: Handler<'enter_room'> = async (context, connection, { roomId }) => {
  const { bus, memberships, subscriptions, clock } = context;
  const { caller } = connection;
  const { userId, username, isBot } = caller;
  const user = { userId, username, ...(isBot && { isBot }) };
  const before = await memberships.findNow(roomId, userId);
  // Hides the existence of rooms that only their members may see.
  if (!before.room) throw new AppError('room_not_found');
  const isNew = before.membership === null;
  const headBefore = isNew ? await headOf(bus, roomId) : 0;
  if (isNew) await ask(bus, calls.joinRoom, { userId, roomId });
  const room = isNew ? (await memberships.requireNow(roomId, caller)).room : before.room;
  // A user removed since then was evicted before being subscribed.
  if (memberships.isOut(roomId, userId)) throw new AppError('room_not_found');
  const seq = await subscriptions.start(connection, room, !isNew);
  connection.send(new Frame('room_joined', { roomId, seq }));
  const timestamp = new Date(clock()).toISOString();
  if (isNew) {
    // The connection receives only what follows `seq`.
    const joined = await findJoin(bus, { roomId, userId, after: headBefore, upTo: seq });
    for (const frame of joined ? translate(joined, timestamp) : []) connection.send(frame);
  } else connection.send(new Frame('user_joined', { ...user, roomId, type: 'temporary', timestamp }));
  return { roomId, seq };
};

async function headOf(bus: Bus, roomId: string): Promise<number> {
  const { heads } = await ask(bus, calls.getHeads, { roomIds: [roomId] });
  return heads[0]?.seq ?? 0;
}

/** The change by which the user joined, if it is in the range. It is among the first ones. */
async function findJoin(
  bus: Bus,
  { roomId, userId, after, upTo }: { roomId: string; userId: string; after: number; upTo: number },
): Promise<Change | undefined> {
  if (after === upTo) return undefined;
  const { changes } = await ask(bus, calls.getChanges, { roomId, afterSeq: after, limit: 500 });
  return changes.find(
    (change) => change.kind === 'member.joined' && change.by.userId === userId && change.seq <= upTo,
  );
}
