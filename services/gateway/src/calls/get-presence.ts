import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Presence } from '../presence/presence.ts';

export const answerGetPresence = (bus: Bus, presence: Presence): Promise<Consumer> =>
  answer(bus, calls.getPresence, async ({ userIds }) => ({ online: [...(await presence.online(userIds))] }));
