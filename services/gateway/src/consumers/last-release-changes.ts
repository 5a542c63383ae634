import { changesByKey } from '@parley/backplane';
import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import type { ConsumersContext } from './consumers-context.ts';

/**
 * During an upgrade, writers of the last release publish changes to the broker alone, for one of
 * its gateways to pass on. There may be none left, so every gateway delivers them itself and drops
 * those that it has, by `seq`. Can be removed in the next release.
 */
export function listenLastReleaseChanges({ bus, receive }: ConsumersContext): Promise<Consumer> {
  return bus.listen(
    'timeline',
    (envelope) => {
      const event = parseEvent(envelope);
      if (event?.type !== 'timeline.changed') return;
      for (const { key, changes } of changesByKey(event.data.changes)) receive([key], { changes });
    },
    { lastRelease: true },
  );
}
