import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { findUser } from '../stores/users.ts';
import type { Context } from '../usecases/context.ts';

/** Returns one identity's public fields, for a read model that has not received its event yet. */
export const answerGetIdentity = (bus: Bus, { db }: Context): Promise<Consumer> =>
  answer(bus, calls.getIdentity, async ({ userId }) => {
    const identity = await findUser(db, userId);
    if (!identity) return null;
    const { username, name, organizationId, organizationRole, createdAt } = identity;
    return { userId, username, name, organizationId, organizationRole, createdAt: createdAt.toISOString() };
  });
