import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { findProfiles } from '../stores/profiles.ts';
import type { Context } from '../usecases/context.ts';
import { openDirectRoom } from '../usecases/open-direct-room.ts';
import { requirePeople } from '../usecases/people.ts';

/** The asker names the user alone: the organization is that of their profile. */
export const answerOpenDirectRoom = (bus: Bus, context: Context): Promise<Consumer> =>
  answer(bus, calls.openDirectRoom, async ({ userId, otherId }) => {
    await requirePeople(context, [userId]);
    const [profile] = await findProfiles(context.db, [userId]);
    return { room: await openDirectRoom(context, { userId, organizationId: profile?.organizationId ?? null }, otherId) };
  });
