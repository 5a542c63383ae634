import { findPeople, lockPeople, updateOrganization } from '../stores/profiles.ts';
import { foreignRoomIds } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { learnPerson } from './people.ts';
import { inEachRoom, takeOut } from './take-out.ts';

/**
 * Somebody belongs to another organization, or to none: they leave the rooms of all others. Done room by room from what the tables say, so
 * that it may be repeated, also after a crash half-way; news that is older than what is known changes nothing.
 */
export async function changeOrganization(
  context: Context,
  { userId, organizationId, toldAt }: { userId: string; organizationId: string | null; toldAt: Date },
): Promise<void> {
  const known = (await findPeople(context.db, [userId])).has(userId) || (await learnPerson(context, userId));
  if (!known) return;
  const isNews = await context.transact(async ({ trx }) => {
    await lockPeople(trx, [userId]);
    return updateOrganization(trx, userId, organizationId, toldAt);
  });
  if (!isNews) return;
  const roomIds = await foreignRoomIds(context.db, userId, organizationId);
  await inEachRoom(roomIds, (roomId) => takeOut(context, roomId, userId, 'removed'));
}
