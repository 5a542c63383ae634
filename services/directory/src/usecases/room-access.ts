import type { MemberRole, Membership, RoomView } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import { forbidDirect, isOpenTo, type Room, refusal, requireRole } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember } from '../stores/members.ts';
import { findRoomViews } from '../stores/room-views.ts';
import { findRoom, lockRoom } from '../stores/rooms.ts';
import type { Transaction } from './context.ts';

export interface Standing {
  room: Room;
  membership: Membership;
}

/** The viewer's membership of a room. @throws AppError `room_not_found`, `not_authorized` */
export async function requireMember(
  db: Queryable,
  viewer: Viewer,
  roomId: string,
  find = findRoom,
): Promise<Standing> {
  const room = await find(db, roomId);
  const membership = room && (await findMember(db, roomId, viewer.userId));
  if (!membership) throw refusal(room, viewer);
  return { room, membership };
}

/**
 * Like `requireMember`, with a minimum role and the room locked, for changes that direct rooms do
 * not allow.
 * @throws AppError also `room_kind`
 */
export async function lockRoomAs(
  { trx }: Transaction,
  viewer: Viewer,
  roomId: string,
  minRole: MemberRole,
): Promise<Standing> {
  return checkRole(await requireMember(trx, viewer, roomId, lockRoom), minRole);
}

/** Like `lockRoomAs` for admins but without the lock, to refuse before any work is done. */
export async function requireManager(db: Queryable, viewer: Viewer, roomId: string): Promise<Standing> {
  return checkRole(await requireMember(db, viewer, roomId), 'admin');
}

function checkRole(standing: Standing, minRole: MemberRole): Standing {
  forbidDirect(standing.room);
  requireRole(standing.membership.role, minRole);
  return standing;
}

/**
 * The room as seen by a member, or by anyone to whom it is open.
 * @throws AppError `room_not_found`
 */
export async function viewRoom(db: Queryable, viewer: Viewer, roomId: string): Promise<RoomView> {
  const [room, [view]] = await Promise.all([
    findRoom(db, roomId),
    findRoomViews(db, viewer.userId, [roomId]),
  ]);
  if (!room || !view || (view.role === null && !isOpenTo(room, viewer))) throw new AppError('room_not_found');
  return view;
}
