import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { stateOf } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { hasBlock } from '../stores/blocks.ts';
import { lockPeople } from '../stores/profiles.ts';
import { findDirectRoom, insertRoom } from '../stores/rooms.ts';
import { spendOnStrangers } from './budgets.ts';
import type { Context, Transaction } from './context.ts';
import { admit } from './membership-changes.ts';
import { forbidSelf, requireVisible } from './people.ts';

/**
 * The direct room of the viewer and another user, created on first use.
 * @throws AppError `self_reference`, `user_not_found`, `blocked`, `rate_limit`
 */
export async function openDirectRoom(context: Context, viewer: Viewer, otherId: string): Promise<RoomState> {
  forbidSelf(viewer, otherId);
  if (await hasBlock(context.db, viewer.userId, [otherId])) throw new AppError('blocked');
  const existing = await findDirectRoom(context.db, viewer.userId, otherId);
  if (existing) return stateOf(existing);
  await requireVisible(context, viewer, [otherId]);
  return context.transact((tx) => findOrCreate(context, tx, viewer.userId, otherId));
}

async function findOrCreate(
  { limits, newId }: Context,
  tx: Transaction,
  userId: string,
  otherId: string,
): Promise<RoomState> {
  // A concurrent call from either side waits here and then finds the room.
  await lockPeople(tx.trx, [userId, otherId]);
  if (await hasBlock(tx.trx, userId, [otherId])) throw new AppError('blocked');
  const existing = await findDirectRoom(tx.trx, userId, otherId);
  if (existing) return stateOf(existing);
  await spendOnStrangers(tx, limits, userId, [otherId]);
  const room = await insertRoom(
    tx.trx,
    {
      id: newId(),
      kind: 'direct',
      name: null,
      description: '',
      picture: '',
      isPrivate: true,
      earlierUnread: false,
      roomMentions: 'auto',
      organizationId: null,
      ownerId: null,
      createdBy: userId,
    },
    tx.now,
    [userId, otherId],
  );
  const members = await admit(
    tx,
    limits,
    room,
    [userId, otherId].map((id) => ({ userId: id, role: 'member' as const })),
  );
  const state = stateOf({ ...room, memberCount: members.length });
  tx.emit('room.created', { room: state, members });
  return state;
}
