import type { RoomView } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import type { Room } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { hasBan } from '../stores/bans.ts';
import { findInviteByHash, spendInvite } from '../stores/invites.ts';
import { findMember } from '../stores/members.ts';
import { colleaguesAmong, findPeople } from '../stores/profiles.ts';
import { lockRoom } from '../stores/rooms.ts';
import { spend } from './budgets.ts';
import type { Context } from './context.ts';
import { addToRoom } from './membership-changes.ts';
import { requirePeople } from './people.ts';
import { viewRoom } from './room-access.ts';

/**
 * An existing member does not use up the invite. Invites of an organization's rooms do not work
 * outside it. An invite works only while its creator owns the room.
 */
export async function joinByInvite(context: Context, viewer: Viewer, token: string): Promise<RoomView> {
  const invite = await findInviteByHash(context.db, hashToken(token));
  if (!invite) throw new AppError('invite_not_found');
  await requirePeople(context, [viewer.userId]);
  await context.transact(async (tx) => {
    const room = await lockRoom(tx.trx, invite.roomId);
    if (room && (await findMember(tx.trx, room.id, viewer.userId))) return;
    const isOutside = room?.organizationId != null && room.organizationId !== viewer.organizationId;
    const isRefused =
      !room ||
      isOutside ||
      !(await mayInvite(tx.trx, room, invite.createdBy)) ||
      (await hasBan(tx.trx, room.id, [viewer.userId]));
    if (isRefused || !(await spendInvite(tx.trx, invite.id, tx.now))) throw new AppError('invite_not_found');
    await spend(tx, context.limits.joins, viewer.userId);
    await addToRoom(tx, context.limits, room, [viewer.userId], null);
  });
  return viewRoom(context.db, viewer, invite.roomId);
}

/**
 * Whether the user may create invites. An owner who was erased or has left the organization keeps
 * the room until a successor is appointed, but not this right.
 */
async function mayInvite(trx: Queryable, room: Room, userId: string | null): Promise<boolean> {
  if (userId === null || userId !== room.ownerId) return false;
  const present =
    room.organizationId === null
      ? await findPeople(trx, [userId])
      : await colleaguesAmong(trx, room.organizationId, [userId]);
  return present.has(userId);
}
