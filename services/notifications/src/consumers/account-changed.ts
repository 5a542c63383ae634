import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { recordSettings } from '../usecases/record-settings.ts';

export const consumeAccountChanged = (context: Context): Promise<Consumer> =>
  context.bus.consume('account', 'notifications', (envelopes) =>
    recordSettings(
      context,
      envelopes.flatMap((envelope) => parseEvent(envelope) ?? []),
    ),
  );
