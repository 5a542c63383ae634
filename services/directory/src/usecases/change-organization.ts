import { findPeople, lockPeople, updateOrganization } from '../stores/profiles.ts';
import { foreignRoomIds } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { endMembership, forEachRoom } from './end-membership.ts';
import { fetchPerson } from './people.ts';

/**
 * Moves a user to another organization (or none) and removes them from the rooms of all others.
 * Idempotent: works room by room from the tables, so it can resume after a crash. An event older
 * than the stored state changes nothing.
 */
export async function changeOrganization(
  context: Context,
  { userId, organizationId, changedAt }: { userId: string; organizationId: string | null; changedAt: Date },
): Promise<void> {
  const known = (await findPeople(context.db, [userId])).has(userId) || (await fetchPerson(context, userId));
  if (!known) return;
  const isNewer = await context.transact(async ({ trx }) => {
    await lockPeople(trx, [userId]);
    return updateOrganization(trx, userId, organizationId, changedAt);
  });
  if (!isNewer) return;
  const roomIds = await foreignRoomIds(context.db, userId, organizationId);
  await forEachRoom(roomIds, (roomId) => endMembership(context, roomId, userId, 'removed'));
}
