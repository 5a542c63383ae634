import type { RoomBan } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { outranks } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { countBans, findBan, insertBan } from '../stores/bans.ts';
import { findMember } from '../stores/members.ts';
import { findPeople } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { deleteMembership } from './membership-changes.ts';
import { forbidSelf, requireVisible } from './people.ts';
import { lockRoomAs, requireManager } from './room-access.ts';

/**
 * For owners and admins, against lower roles and non-members. Removes a member. Idempotent: returns
 * an existing ban.
 */
export async function banUser(
  context: Context,
  viewer: Viewer,
  roomId: string,
  { userId, reason }: { userId: string; reason: string },
): Promise<RoomBan> {
  await requireManager(context.db, viewer, roomId);
  forbidSelf(viewer, userId);
  // A repeated call must not depend on visibility, which the ban itself may have ended.
  if (!(await findBan(context.db, roomId, userId))) await requireVisible(context, viewer, [userId]);
  return context.transact(async (tx) => {
    const { room, membership } = await lockRoomAs(tx, viewer, roomId, 'admin');
    const existing = await findBan(tx.trx, roomId, userId);
    if (existing) return existing;
    const person = (await findPeople(tx.trx, [userId])).get(userId);
    if (!person) throw new AppError('user_not_found');
    const target = await findMember(tx.trx, roomId, userId);
    if (target && !outranks(membership.role, target.role)) throw new AppError('not_authorized');
    if ((await countBans(tx.trx, roomId)) >= context.limits.bans.max)
      throw new AppError('limit_reached', context.limits.bans);
    const ban = { roomId, ...person, reason, bannedBy: viewer.userId, createdAt: tx.now.toISOString() };
    await insertBan(tx.trx, ban);
    if (target) await deleteMembership(tx, room, target, 'removed');
    return ban;
  });
}
