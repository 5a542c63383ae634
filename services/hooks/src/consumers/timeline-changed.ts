import type { Consumer } from '@parley/bus';
import type { ChangedBatch } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import type { TypedCommands } from '../usecases/typed-commands.ts';
import type { Wakeups } from '../usecases/wakeups.ts';

/**
 * Every replica hears of every change, by a queue that lives as long as its connection: without
 * this service, no queue grows.
 */
export const listenTimelineChanged = (
  { bus }: Context,
  wakeups: Wakeups,
  commands: TypedCommands,
): Promise<Consumer> =>
  bus.listen('timeline', ({ data }) => {
    const numbered = (data as ChangedBatch).changes.filter((change) => 'seq' in change);
    wakeups.roomsChanged(numbered.map(({ roomId }) => roomId));
    for (const change of numbered)
      if (change.kind === 'message.created' && change.message.content.startsWith('/'))
        commands.offer(change.message);
  });
