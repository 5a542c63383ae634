import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import type { Context, Transaction } from './context.ts';
import { deleteMembership } from './membership-changes.ts';
import { lockRoomAs, type Standing } from './room-access.ts';

/** Leaves permanently. An owner must transfer or delete the room instead. */
export async function leaveRoom(context: Context, viewer: Viewer, roomId: string): Promise<void> {
  await context.transact(async (tx) => leaveAs(tx, await lockRoomAs(tx, viewer, roomId, 'member')));
}

export async function leaveAs(tx: Transaction, { room, membership }: Standing): Promise<void> {
  if (membership.role === 'owner') throw new AppError('owner_cannot_leave');
  return deleteMembership(tx, room, membership, 'left');
}
