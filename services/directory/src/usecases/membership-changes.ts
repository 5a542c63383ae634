import type { MemberRole, Membership } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Room, stateOf } from '../domain/room.ts';
import { hasBan } from '../stores/bans.ts';
import { deleteInvitesOf } from '../stores/invites.ts';
import { deleteMember, insertMembers, updateMember } from '../stores/members.ts';
import { holdPeople, type Person } from '../stores/profiles.ts';
import { takeVersions } from '../stores/rooms.ts';
import type { Limits, Transaction } from './context.ts';

// The only place that changes memberships. Each change happens under the room's lock and gets a
// version from the room. A changed or ended membership ends the member's invites, because it may
// end the right to create them.

/**
 * Adds users to the room, with versions in their order. The caller emits the event.
 * @throws AppError `limit_reached`
 */
export async function admit(
  { trx, now }: Transaction,
  limits: Limits,
  room: Room,
  entries: readonly { userId: string; role: MemberRole }[],
): Promise<Membership[]> {
  if (room.memberCount + entries.length > limits.roomMembers.max)
    throw new AppError('limit_reached', limits.roomMembers);
  const people = await holdPeople(
    trx,
    entries.map(({ userId }) => userId),
  );
  const first = await takeVersions(trx, room.id, entries.length, entries.length);
  const memberships = entries.map(({ userId, role }, index) => {
    const person = people.get(userId);
    if (!person) throw new AppError('user_not_found');
    return { roomId: room.id, ...person, role, canSend: true, version: first + index };
  });
  await insertMembers(trx, memberships, now);
  return memberships;
}

/**
 * Adds members to an existing room.
 * @param addedBy null if they joined by themselves
 * @throws AppError `not_authorized` if one of them is banned; `limit_reached`
 */
export async function addToRoom(
  tx: Transaction,
  limits: Limits,
  room: Room,
  userIds: readonly string[],
  addedBy: Person | null,
): Promise<void> {
  if (userIds.length === 0) return;
  if (await hasBan(tx.trx, room.id, userIds))
    throw new AppError('not_authorized', { detail: 'Banned users cannot join this room.' });
  const entries = userIds.map((userId) => ({ userId, role: 'member' as const }));
  const memberships = await admit(tx, limits, room, entries);
  const state = stateOf({ ...room, memberCount: room.memberCount + memberships.length });
  for (const membership of memberships)
    tx.emit('member.joined', { roomId: room.id, room: state, membership, addedBy });
}

/** @param changed the new memberships; this function sets their versions */
export async function changeMembers(
  tx: Transaction,
  room: Room,
  changed: readonly Membership[],
): Promise<void> {
  if (changed.length === 0) return;
  const first = await takeVersions(tx.trx, room.id, changed.length, 0);
  for (const [index, member] of changed.entries()) {
    const membership = { ...member, version: first + index };
    await updateMember(tx.trx, membership);
    tx.emit('member.updated', { roomId: room.id, membership });
  }
  await deleteInvitesOf(
    tx.trx,
    room.id,
    changed.map(({ userId }) => userId),
  );
}

export async function deleteMembership(
  tx: Transaction,
  room: Room,
  { userId, username, isBot }: Membership,
  reason: 'left' | 'removed',
): Promise<void> {
  const version = await takeVersions(tx.trx, room.id, 1, -1);
  await deleteMember(tx.trx, room.id, userId);
  await deleteInvitesOf(tx.trx, room.id, [userId]);
  tx.emit('member.left', {
    ...{ roomId: room.id, userId, username, version, reason },
    ...(isBot && { isBot }),
  });
}
