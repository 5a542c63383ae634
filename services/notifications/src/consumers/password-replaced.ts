import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { notifyOfReplacedPasswords } from '../usecases/notify-of-replaced-passwords.ts';

export const consumePasswordReplaced = (context: Context): Promise<Consumer> =>
  context.bus.consume('notices', 'notifications', (envelopes) =>
    notifyOfReplacedPasswords(
      context,
      envelopes.flatMap((envelope) => parseEvent(envelope) ?? []),
    ),
  );
