import { connectDatabase, pingDatabase, prepareTables } from '@parley/database';
import type { Infrastructure, Service } from '@parley/http';
import { Submitter, Writes } from '@parley/timeline';
import { migrations } from '../migrations/index.ts';
import { deleteMessageRoute } from './api/delete-message.ts';
import { editMessageRoute } from './api/edit-message.ts';
import { getHistoryRoute } from './api/get-history.ts';
import { getMessageRoute } from './api/get-message.ts';
import { getReadPositionsRoute } from './api/get-read-positions.ts';
import { getUnreadRoute } from './api/get-unread.ts';
import { markReadRoute } from './api/mark-read.ts';
import { reactToMessageRoute } from './api/react-to-message.ts';
import { sendMessageRoute } from './api/send-message.ts';
import { syncRoute } from './api/sync.ts';
import { answerGetChanges } from './calls/get-changes.ts';
import { answerGetHeads } from './calls/get-heads.ts';
import { answerGetLatestMessages } from './calls/get-latest-messages.ts';
import { answerGetRecentMessages } from './calls/get-recent-messages.ts';
import { answerLocateMessage } from './calls/locate-message.ts';
import { answerRevokeAccess } from './calls/revoke-access.ts';
import { answerSyncRooms } from './calls/sync-rooms.ts';
import type { MessagesConfig } from './config.ts';
import { consumeMembershipChanged } from './consumers/membership-changed.ts';
import { consumeTimelineSubmitted } from './consumers/timeline-submitted.ts';
import { WriterMetrics } from './consumers/writer-metrics.ts';
import { conversationsRoutes } from './contracts/conversations.ts';
import { getDirectHistoryRoute } from './contracts/direct.ts';
import { roomsRoutes } from './contracts/rooms.ts';
import { SendRate } from './domain/send-rate.ts';
import { AppendStore } from './stores/append-store.ts';
import { ErasureStore } from './stores/erasure-store.ts';
import { ExpiryStore } from './stores/expiry-store.ts';
import { ReactionStore } from './stores/reaction-store.ts';
import { ReadStore } from './stores/read-store.ts';
import { RoomStore } from './stores/room-store.ts';
import { TimelineStore } from './stores/timeline-store.ts';
import { TurnStore } from './stores/turn-store.ts';
import { AddStatus } from './usecases/add-status.ts';
import { AdvancePositions } from './usecases/advance-positions.ts';
import { AppendEntries } from './usecases/append-entries.ts';
import { ChangeMessage } from './usecases/change-message.ts';
import { EraseAuthor } from './usecases/erase-author.ts';
import { ExpireMessages } from './usecases/expire-messages.ts';
import { ExpiryMetrics } from './usecases/expiry-metrics.ts';
import { GetChanges } from './usecases/get-changes.ts';
import { GetDirectHistory } from './usecases/get-direct-history.ts';
import { GetHeads } from './usecases/get-heads.ts';
import { GetHistory } from './usecases/get-history.ts';
import { GetLatestMessages } from './usecases/get-latest-messages.ts';
import { GetMessage } from './usecases/get-message.ts';
import { GetReadPositions } from './usecases/get-read-positions.ts';
import { GetUnread } from './usecases/get-unread.ts';
import { KeepSweeping } from './usecases/keep-sweeping.ts';
import { LocateMessage } from './usecases/locate-message.ts';
import { PlanErasure } from './usecases/plan-erasure.ts';
import { ReactToMessage } from './usecases/react-to-message.ts';
import { ReadReplica } from './usecases/read-replica.ts';
import { RecordMembership } from './usecases/record-membership.ts';
import { ReplicaMetrics } from './usecases/replica-metrics.ts';
import { RepublishLatest } from './usecases/republish-latest.ts';
import { RoomGuard } from './usecases/room-guard.ts';
import { SweepExpired } from './usecases/sweep-expired.ts';
import { SyncRooms } from './usecases/sync-rooms.ts';
import { WriteBatch } from './usecases/write-batch.ts';

export { type MessagesConfig, messagesConfig } from './config.ts';

const schema = 'messages';
/** Longer than one round of a sweep, unless a dependency is down. */
const sweepLeaseMs = 30_000;

/** The messages service: the timelines of all rooms and the only writer of each. */
export async function createService(
  config: MessagesConfig,
  infrastructure: Infrastructure,
): Promise<Service> {
  const { bus, clock, logger, newId, tracing } = infrastructure;
  const db = connectDatabase({ url: config.DATABASE_URL, schema, pool: config.DATABASE_POOL });
  await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
  infrastructure.metrics.watchPool(schema, db);
  const replicaDb = config.DATABASE_REPLICA_URL
    ? connectDatabase({
        url: config.DATABASE_REPLICA_URL,
        schema,
        pool: config.DATABASE_POOL,
        statementTimeoutMs: 2_000,
        acquireTimeoutMs: 1_000,
      })
    : undefined;
  const replica = new ReadReplica({
    primary: db,
    replica: replicaDb,
    metrics: new ReplicaMetrics(infrastructure.metrics),
    logger,
  });

  const rooms = new RoomStore();
  const timeline = new TimelineStore();
  const reads = new ReadStore();
  const erasure = new ErasureStore();
  const expiry = new ExpiryStore();
  const expiryMetrics = new ExpiryMetrics(infrastructure.metrics);
  const guard = new RoomGuard({ db, bus, rooms });
  const membership = new RecordMembership({ db, rooms, clock });
  const write = new WriteBatch({
    guard,
    membership,
    append: new AppendEntries({
      db,
      store: new AppendStore(),
      guard,
      sendRate: new SendRate(),
      rates: config.MESSAGE_RATE,
      clock,
      tracing,
    }),
    change: new ChangeMessage({ db, timeline, clock }),
    react: new ReactToMessage({ db, timeline, reactions: new ReactionStore(), clock }),
    advance: new AdvancePositions({ db, reads, clock }),
    erase: new EraseAuthor({
      db,
      timeline,
      rooms,
      erasure,
      deletesMessages: config.ERASE_MESSAGES === 'delete',
      clock,
    }),
    expire: new ExpireMessages({ db, timeline, rooms, expiry, metrics: expiryMetrics, clock }),
  });

  const submitter = await Submitter.start({ bus, newId, clock, timeoutMs: config.SUBMIT_TIMEOUT, tracing });
  const writes = new Writes(submitter);
  const status = new AddStatus({ db, reads });
  const history = new GetHistory({ db, timeline, rooms, guard, replica });
  const message = new GetMessage({ db, timeline, guard });
  const sync = new SyncRooms({ db, timeline, reads, rooms, guard, replica });
  const locate = new LocateMessage({ db, timeline });
  const metrics = new WriterMetrics(infrastructure.metrics);
  const consumers = [
    await consumeTimelineSubmitted({ bus, write, newId, clock, logger, metrics, tracing }),
    await consumeMembershipChanged({ bus, erasure: new PlanErasure({ db, erasure, newId }), newId, clock }),
    await answerGetChanges(bus, new GetChanges({ db, timeline, rooms })),
    await answerGetHeads(bus, new GetHeads({ db, rooms })),
    await answerGetLatestMessages(bus, new GetLatestMessages({ db, timeline, guard, status })),
    await answerGetRecentMessages(bus, { history, status }),
    await answerLocateMessage(bus, locate),
    await answerRevokeAccess(bus, { membership, newId }),
    await answerSyncRooms(bus, sync),
  ];

  const retentionMs = config.MESSAGE_RETENTION;
  const sweeping =
    retentionMs === 'off'
      ? undefined
      : new KeepSweeping({
          db,
          turns: new TurnStore(newId(), sweepLeaseMs),
          sweep: new SweepExpired({ db, expiry, submitter, clock, retentionMs }),
          metrics: expiryMetrics,
          logger,
          retentionMs,
        });

  if (!bus.durable) void new RepublishLatest({ db, bus, timeline, rooms, newId, clock, logger }).run();

  return {
    name: 'messages',
    routes: [
      sendMessageRoute(writes),
      getHistoryRoute(history),
      getMessageRoute(message),
      editMessageRoute(writes),
      deleteMessageRoute(writes),
      reactToMessageRoute(writes),
      markReadRoute(writes),
      getReadPositionsRoute(new GetReadPositions({ db, reads, guard })),
      getUnreadRoute(new GetUnread({ db, reads })),
      syncRoute(sync),
      getDirectHistoryRoute(new GetDirectHistory({ db, bus, timeline, getHistory: history })),
      ...conversationsRoutes({ writes, history, message, locate, status }),
      ...roomsRoutes(writes),
    ],
    checks: {
      database: () => pingDatabase(db),
      bus: () => bus.ping(),
    },
    stop: async () => {
      const swept = sweeping?.stop();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      // Rejects pending submissions, so a running sweep ends.
      await submitter.close();
      await swept;
      await Promise.all([db.destroy(), replicaDb?.destroy()]);
    },
  };
}
