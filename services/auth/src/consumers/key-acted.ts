import type { Bus, Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { recordKeyActions } from '../usecases/keys/record-key-action.ts';

/** Stores what keys do in all services. */
export const consumeKeyActions = (bus: Bus, context: Context): Promise<Consumer> =>
  bus.consume('keys', 'auth', (envelopes) =>
    recordKeyActions(
      context,
      envelopes.flatMap((envelope) => {
        const event = parseEvent(envelope);
        return event?.type === 'key.acted' ? [event] : [];
      }),
    ),
  );
