import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { findBot } from '../stores/bots.ts';
import { findUser } from '../stores/users.ts';
import type { Context } from '../usecases/context.ts';

/** Returns one identity's public fields, for a read model that has not received its event yet. */
export const answerGetIdentity = (bus: Bus, { db }: Context): Promise<Consumer> =>
  answer(bus, calls.getIdentity, async ({ userId }) => {
    const identity = await findUser(db, userId);
    if (!identity) return null;
    const { id: _, email: _own, createdAt, ...shown } = identity;
    const bot = identity.isBot && (await findBot(db, userId));
    return { ...shown, userId, createdAt: createdAt.toISOString(), ...(bot && { owner: bot.owner }) };
  });
