import { firstMembers } from '../stores/members.ts';
import { findDirectRoom, lockRoom } from '../stores/rooms.ts';
import type { Transaction } from './context.ts';
import { changeMembers } from './membership-changes.ts';

/**
 * Lets both users send in their direct room, or neither, if they have one. The users must be
 * locked.
 */
export async function setDirectSending(
  tx: Transaction,
  a: string,
  b: string,
  canSend: boolean,
): Promise<void> {
  const found = await findDirectRoom(tx.trx, a, b);
  const room = found && (await lockRoom(tx.trx, found.id));
  if (!room) return;
  const members = await firstMembers(tx.trx, room.id, 2);
  await changeMembers(
    tx,
    room,
    members.filter((member) => member.canSend !== canSend).map((member) => ({ ...member, canSend })),
  );
}
