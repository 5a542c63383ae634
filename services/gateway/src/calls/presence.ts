import { answer, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { ConsumersContext } from '../consumers/consumers-context.ts';

/** Answers which users are online, and which are in a room. */
export async function answerPresence({ bus, presence, watching }: ConsumersContext): Promise<Consumer[]> {
  return [
    await answer(bus, calls.getPresence, async ({ userIds }) => ({
      online: [...(await presence.online(userIds))],
    })),
    await answer(bus, calls.getWatchers, async ({ watches }) => ({
      watching: await watching.among(watches),
    })),
  ];
}
