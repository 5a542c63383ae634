import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import type { Wakeups } from '../usecases/wakeups.ts';

export const listenAuthChanged = ({ bus }: Context, wakeups: Wakeups): Promise<Consumer> =>
  bus.listen('auth', (envelope) => {
    const event = parseEvent(envelope);
    if (event?.type === 'user.organization_changed' || event?.type === 'user.erased')
      wakeups.ownerChanged(event.data.userId);
  });
