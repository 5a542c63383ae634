import { userKey } from '@parley/backplane';
import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { ConsumersContext } from './consumers-context.ts';

/**
 * Delivers the changes of accounts to those connections of their users that follow them. Repeated
 * ones have their old numbers, and clients fetch missing ones, so nothing is remembered here.
 */
export const consumeAccountChanged = ({ bus, backplane }: ConsumersContext): Promise<Consumer> =>
  bus.consume('account', 'gateway', async (envelopes) => {
    for (const envelope of envelopes) {
      const event = parseEvent(envelope);
      if (event?.type !== 'account.changed') continue;
      const { userId, change } = event.data;
      await backplane.publish([userKey(userId)], { event: 'account_changed', data: change });
    }
  });
