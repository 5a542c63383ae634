import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { findKnownRooms, saveMembers, saveRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/** Members requested from the directory; events soon add the others. */
const maxMembers = 1_000;

/**
 * Asks the directory once for each unknown room, since a message may arrive before its room's
 * event.
 */
export async function knowRooms(context: Context, roomIds: readonly string[]): Promise<void> {
  const known = await findKnownRooms(context.db, roomIds);
  await Promise.all(roomIds.filter((roomId) => !known.has(roomId)).map((roomId) => askFor(context, roomId)));
}

async function askFor({ bus, db }: Context, roomId: string): Promise<void> {
  const [{ room }, { members }] = await Promise.all([
    ask(bus, calls.getMemberships, { roomId, userIds: [] }),
    ask(bus, calls.getRoomMembers, { roomId, limit: maxMembers }),
  ]);
  if (!room) return;
  const active = members.map((member) => ({ ...member, active: true }));
  await db.transaction(async (trx) => {
    await saveMembers(trx, active);
    await saveRooms(trx, [room]);
  });
}
