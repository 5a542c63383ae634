import { ask } from '@parley/bus';
import { type Caller, calls, refusalFor } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { chunks } from '@parley/runtime/async';
import type { Context } from './context.ts';

const roomsPerCall = 500;
/** Rooms of an organization that one webhook covers. */
const maxOrganizationRooms = 10_000;

/**
 * Requires that the caller may have webhooks for these rooms: as owner or admin, or as a person of
 * a direct room.
 * @throws AppError `room_not_found`, `not_authorized`
 */
export async function requireRooms(
  { bus }: Context,
  { userId, organizationId }: Caller,
  roomIds: readonly string[],
): Promise<void> {
  if (roomIds.length === 0) return;
  const { rooms, members } = await ask(bus, calls.getStandings, { userId, roomIds: [...roomIds] });
  for (const roomId of roomIds) {
    const room = rooms.find(({ id }) => id === roomId) ?? null;
    const member = members.find((one) => one.roomId === roomId && one.userId === userId);
    if (!room || !member) throw new AppError(refusalFor(room, organizationId));
    if (room.kind !== 'direct' && member.role === 'member') throw new AppError('not_authorized');
  }
}

/** Requires that a user belongs to a room. @throws AppError `room_not_found`, `not_authorized` */
export async function requireMember(
  { bus }: Context,
  { userId, organizationId }: Caller,
  roomId: string,
): Promise<void> {
  const { rooms, members } = await ask(bus, calls.getStandings, { userId, roomIds: [roomId] });
  if (!members.some((one) => one.userId === userId))
    throw new AppError(refusalFor(rooms[0] ?? null, organizationId));
}

/**
 * Requires that the caller may have webhooks for their organization. Returns its id.
 * @throws AppError `organization_not_found`, `not_authorized`
 */
export function requireOrganization({ organizationId, organizationRole }: Caller): string {
  if (organizationId === null) throw new AppError('organization_not_found');
  if (organizationRole !== 'admin') throw new AppError('not_authorized');
  return organizationId;
}

/** The rooms of an organization that a user belongs to, not direct ones. */
export async function findOrganizationRooms(
  { bus }: Context,
  userId: string,
  organizationId: string,
): Promise<string[]> {
  const { roomIds } = await ask(bus, calls.getUserRooms, {
    userId,
    direct: false,
    limit: maxOrganizationRooms,
  });
  const found: string[] = [];
  for (const some of chunks(roomIds, roomsPerCall)) {
    const { rooms } = await ask(bus, calls.getStandings, { userId, roomIds: some });
    found.push(...rooms.filter((room) => room.organizationId === organizationId).map(({ id }) => id));
  }
  return found;
}
