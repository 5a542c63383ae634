import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { ConsumersContext } from './consumers-context.ts';

/** Receives changes that the rooms' writers could not publish over the backplane. */
export function listenChangesMissed({ bus, receive }: ConsumersContext): Promise<Consumer> {
  return bus.listen('backplane', (envelope) => {
    const event = parseEvent(envelope);
    if (event?.type !== 'changes.missed') return;
    for (const { key, head } of event.data.heads) receive([key], { head });
    for (const { key, changes } of event.data.changes) receive([key], { changes });
  });
}
