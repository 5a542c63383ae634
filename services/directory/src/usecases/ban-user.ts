import type { RoomBan } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { outranks } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { countBans, findBan, insertBan } from '../stores/bans.ts';
import { findMember } from '../stores/members.ts';
import { findPeople } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { dismiss } from './membership-changes.ts';
import { forbidSelf, requireVisible } from './people.ts';
import { lockRoomAs, requireManager } from './room-access.ts';

/** Owner and admins, of those in lower roles and of people outside. A member is removed. May be repeated: the ban that stands is answered. */
export async function banUser(
  context: Context,
  viewer: Viewer,
  roomId: string,
  { userId, reason }: { userId: string; reason: string },
): Promise<RoomBan> {
  await requireManager(context.db, viewer, roomId);
  forbidSelf(viewer, userId);
  // Repeated, it must not depend on a visibility that the ban itself may have ended.
  if (!(await findBan(context.db, roomId, userId))) await requireVisible(context, viewer, [userId]);
  return context.transact(async (tx) => {
    const { room, membership } = await lockRoomAs(tx, viewer, roomId, 'admin');
    const standing = await findBan(tx.trx, roomId, userId);
    if (standing) return standing;
    const person = (await findPeople(tx.trx, [userId])).get(userId);
    if (!person) throw new AppError('user_not_found');
    const target = await findMember(tx.trx, roomId, userId);
    if (target && !outranks(membership.role, target.role)) throw new AppError('not_authorized');
    if ((await countBans(tx.trx, roomId)) >= context.limits.bans.max)
      throw new AppError('limit_reached', context.limits.bans);
    const ban = { roomId, ...person, reason, bannedBy: viewer.userId, createdAt: tx.now.toISOString() };
    await insertBan(tx.trx, ban);
    if (target) await dismiss(tx, room, target, 'removed');
    return ban;
  });
}
