import type { Consumer } from '@parley/bus';
import { answerPresence } from '../calls/presence.ts';
import { consumeAccountChanged } from './account-changed.ts';
import { listenChangesMissed } from './changes-missed.ts';
import type { ConsumersContext } from './consumers-context.ts';
import { listenDirectoryChanged } from './directory-changed.ts';
import { listenLastReleaseChanges } from './last-release-changes.ts';
import { consumeNotificationChanged } from './notification-changed.ts';

export interface Consumers {
  /** Closes the consumers of partitions, which other gateways take over. */
  closePartitions(): Promise<void>;
  close(): Promise<void>;
}

/** Starts consuming the events and calls of other services. */
export async function createConsumers(context: ConsumersContext): Promise<Consumers> {
  const partitions = [await consumeNotificationChanged(context), await consumeAccountChanged(context)];
  const everywhere = [
    await listenDirectoryChanged(context),
    await listenChangesMissed(context),
    await listenLastReleaseChanges(context),
    ...(await answerPresence(context)),
  ];
  return {
    closePartitions: () => closeAll(partitions),
    close: () => closeAll([...partitions, ...everywhere]),
  };
}

async function closeAll(consumers: readonly Consumer[]): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.close()));
}
