import { connectDatabase, pingDatabase, prepareTables } from '@parley/database';
import type { Infrastructure, Service } from '@parley/service';
import { Submitter } from '@parley/timeline';
import { migrations } from '../migrations/index.ts';
import { messageRoutes } from './api/messages.ts';
import { answerCalls } from './calls/index.ts';
import type { MessagesConfig } from './config.ts';
import { consumeMembershipChanged } from './consumers/membership-changed.ts';
import { consumeTimelineSubmitted } from './consumers/timeline-submitted.ts';
import { WriterMetrics } from './consumers/writer-metrics.ts';
import { conversationsRoutes } from './contracts/conversations.ts';
import { getDirectHistoryRoute } from './contracts/direct.ts';
import { roomsRoutes } from './contracts/rooms.ts';
import { createPublisher } from './create-publisher.ts';
import { createContext } from './usecases/context.ts';
import { keepForgetting } from './usecases/keep-forgetting.ts';
import { KeepSweeping } from './usecases/keep-sweeping.ts';
import { republishLatest } from './usecases/republish-latest.ts';

export { type MessagesConfig, messagesConfig } from './config.ts';

const schema = 'messages';
/** A slow replica gives way to the primary. */
const replicaTimeouts = { statementTimeoutMs: 2_000, acquireTimeoutMs: 1_000 };

/** The messages service: the timelines of all rooms and the only writer of each. */
export async function createService(
  config: MessagesConfig,
  infrastructure: Infrastructure,
): Promise<Service> {
  const { bus, clock, metrics, newId, tracing } = infrastructure;
  const { DATABASE_URL: url, DATABASE_REPLICA_URL: replicaUrl, DATABASE_POOL: pool } = config;
  const db = connectDatabase({ url, schema, pool });
  await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
  metrics.watchPool(schema, db);
  const replicaDb = replicaUrl
    ? connectDatabase({ url: replicaUrl, schema, pool, ...replicaTimeouts })
    : undefined;

  const submitter = await Submitter.start({ bus, newId, clock, timeoutMs: config.SUBMIT_TIMEOUT, tracing });
  const publisher = createPublisher(config, infrastructure);
  const context = createContext(config, infrastructure, { db, replicaDb, submitter, publisher });
  const consumers = [
    await consumeTimelineSubmitted(context, new WriterMetrics(metrics)),
    await consumeMembershipChanged(context),
    ...(await answerCalls(context)),
  ];
  const retentionMs = config.MESSAGE_RETENTION;
  const sweeping = retentionMs === 'off' ? undefined : new KeepSweeping(context, retentionMs);
  const stopping = new AbortController();
  const forgetting = keepForgetting(context, stopping.signal);
  if (!bus.durable) void republishLatest(context);

  return {
    name: 'messages',
    routes: [
      ...messageRoutes(context),
      getDirectHistoryRoute(context),
      ...conversationsRoutes(context),
      ...roomsRoutes(context),
    ],
    checks: {
      database: () => pingDatabase(db),
      bus: () => bus.ping(),
    },
    stop: async () => {
      stopping.abort();
      const swept = Promise.all([sweeping?.stop(), forgetting]);
      await Promise.all(consumers.map((consumer) => consumer.close()));
      // Rejects pending submissions, so a running sweep ends.
      await submitter.close();
      await swept;
      await publisher.close();
      await Promise.all([db.destroy(), replicaDb?.destroy()]);
    },
  };
}
