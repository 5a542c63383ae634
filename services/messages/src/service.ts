import { keepForgetting, Outbox, pingDatabase } from '@parley/database';
import type { Infrastructure, Service } from '@parley/service';
import { Submitter } from '@parley/timeline';
import { accountRoutes } from './api/account.ts';
import { messageRoutes } from './api/messages.ts';
import { pinRoutes } from './api/pins.ts';
import { searchRoutes } from './api/search.ts';
import { threadRoutes } from './api/threads.ts';
import { answerReads } from './calls/index.ts';
import type { MessagesConfig } from './config.ts';
import { consumeWrites } from './consumers/index.ts';
import { conversationsRoutes } from './contracts/conversations.ts';
import { getDirectHistoryRoute } from './contracts/direct.ts';
import { roomsRoutes } from './contracts/rooms.ts';
import { createContext, openDatabases } from './create-context.ts';
import { createPublisher } from './create-publisher.ts';
import { partsOf } from './role.ts';
import { forgetOldRows } from './usecases/forget-old-rows.ts';
import { KeepIndexing } from './usecases/keep-indexing.ts';
import { KeepSweeping } from './usecases/keep-sweeping.ts';
import { republishLatest } from './usecases/republish-latest.ts';

export { type MessagesConfig, messagesConfig } from './config.ts';

/** The messages service: the timelines of all rooms and the only writer of each. */
export async function createService(
  config: MessagesConfig,
  infrastructure: Infrastructure,
): Promise<Service> {
  const { bus, clock, metrics, newId, tracing } = infrastructure;
  const { writes, reads } = partsOf(config, bus);
  const opened = await openDatabases(config, infrastructure);
  const { databases } = opened;
  const submitter = await Submitter.start({ bus, newId, clock, timeoutMs: config.SUBMIT_TIMEOUT, tracing });
  const publisher = createPublisher(writes ? config : { ...config, REDIS_URL: undefined }, infrastructure);
  const outbox = new Outbox({ db: databases.home.db, bus, logger: infrastructure.logger, tracing });
  outbox.start();
  const context = createContext(config, infrastructure, { databases, submitter, publisher, outbox });
  const { all } = context.databases;
  const consumers = [
    ...(writes ? await consumeWrites(context, metrics) : []),
    ...(reads ? await answerReads(context) : []),
  ];
  const retentionMs = config.MESSAGE_RETENTION;
  const stopping = new AbortController();
  const writing = (writes ? all : []).map((one) => ({
    sweeping: retentionMs === 'off' ? undefined : new KeepSweeping(one, retentionMs),
    indexing: new KeepIndexing(one),
    forgetting: keepForgetting(one, forgetOldRows(one), stopping),
  }));
  if (!bus.durable) for (const one of all) void republishLatest(one);

  return {
    name: 'messages',
    routes: reads
      ? [
          ...messageRoutes(context),
          ...threadRoutes(context),
          ...accountRoutes(context),
          ...pinRoutes(context),
          ...searchRoutes(context),
          getDirectHistoryRoute(context),
          ...conversationsRoutes(context),
          ...roomsRoutes(context),
        ]
      : [],
    checks: {
      database: async () => void (await Promise.all(all.map(({ db }) => pingDatabase(db)))),
      bus: () => bus.ping(),
    },
    stop: async () => {
      stopping.abort();
      const swept = Promise.all(
        writing.flatMap(({ sweeping, indexing, forgetting }) => [
          sweeping?.stop(),
          indexing.stop(),
          forgetting,
        ]),
      );
      await Promise.all(consumers.map((consumer) => consumer.close()));
      // Rejects pending submissions, so a running sweep ends.
      await submitter.close();
      await swept;
      await outbox.stop();
      await publisher.close();
      await opened.close();
    },
  };
}
