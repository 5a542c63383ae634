import type { ChangePublisher } from '@parley/backplane';
import { roomShares } from '@parley/contracts';
import { connectDatabase, type Outbox, prepareTables } from '@parley/database';
import { createLimiter } from '@parley/http';
import { Cache, SlidingWindow, StartError } from '@parley/runtime';
import type { Infrastructure } from '@parley/service';
import type { Submitter } from '@parley/timeline';
import { migrations } from '../migrations/index.ts';
import type { MessagesConfig } from './config.ts';
import { databaseUrls } from './database-urls.ts';
import { Databases } from './databases.ts';
import { databaseId } from './stores/shares.ts';
import { ChangedRooms } from './usecases/changed-rooms.ts';
import type { Context, OpenDatabase } from './usecases/context.ts';
import { ExpiryMetrics } from './usecases/expiry-metrics.ts';
import { LargeRooms } from './usecases/large-rooms.ts';
import { ReadReplica } from './usecases/read-replica.ts';
import { ReplicaMetrics } from './usecases/replica-metrics.ts';
import { SearchMetrics } from './usecases/search-metrics.ts';
import { ShareMap } from './usecases/share-map.ts';

const schema = 'messages';
/** Connections for searches, so that they leave the others to the writer. */
const searchPool = 2;
/** A batch and its marks need one each. */
const minPool = 2;
/** A slow replica gives way to the primary. */
const replicaTimeouts = { statementTimeoutMs: 2_000, acquireTimeoutMs: 1_000 };

type Settings = Pick<
  MessagesConfig,
  | 'DATABASE_URL'
  | 'MESSAGES_DATABASE_URLS'
  | 'DATABASE_REPLICA_URL'
  | 'DATABASE_POOL'
  | 'MIGRATE_ON_START'
  | 'TIMELINE_PARTITIONS'
>;

/** All databases, until they are closed. */
interface Opened {
  databases: Databases<OpenDatabase>;
  close(): Promise<void>;
}

/**
 * Connects all databases and prepares their tables. `DATABASE_POOL` is divided among them.
 * @throws StartError when the databases do not agree with the map of shares
 */
export async function openDatabases(
  config: Settings,
  { metrics, logger, newId }: Pick<Infrastructure, 'metrics' | 'logger' | 'newId'>,
): Promise<Opened> {
  const [home, ...others] = databaseUrls(config);
  if (others.length > 0 && config.TIMELINE_PARTITIONS % roomShares !== 0)
    throw new StartError(`Several databases need TIMELINE_PARTITIONS to be a multiple of ${roomShares}`);
  const pool = Math.max(minPool, Math.floor(config.DATABASE_POOL / (others.length + 1)));
  const open = (url: string, replicaUrl?: string): OpenDatabase => ({
    db: connectDatabase({ url, schema, pool }),
    replicaDb: replicaUrl
      ? connectDatabase({ url: replicaUrl, schema, pool, ...replicaTimeouts })
      : undefined,
    searchDb: connectDatabase({ url, schema, pool: searchPool }),
  });
  const opened: [OpenDatabase, ...OpenDatabase[]] = [
    open(home, config.DATABASE_REPLICA_URL),
    ...others.map((url) => open(url)),
  ];
  for (const [index, { db }] of opened.entries()) {
    await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
    metrics.watchPool(index === 0 ? schema : `${schema}-${index + 1}`, db);
  }
  const ids = await Promise.all(opened.map(({ db }) => databaseId(db)));
  if (new Set(ids).size < ids.length)
    throw new StartError('MESSAGES_DATABASE_URLS names a database twice, or a copy of another one');
  const shares = new ShareMap({ home: opened[0].db, ids, process: newId(), logger });
  await shares.start({ follow: others.length > 0 });
  return {
    databases: new Databases(opened, others.length > 0 ? shares : undefined),
    close: async () => {
      await shares.stop();
      const connections = opened.flatMap(({ db, replicaDb, searchDb }) => [db, replicaDb, searchDb]);
      await Promise.all(connections.map((one) => one?.destroy()));
    },
  };
}

/** The context of the home database, which leads to the others. */
export function createContext(
  config: Pick<
    MessagesConfig,
    'MESSAGE_RATE' | 'ROOM_MENTION_RATE' | 'ERASE_MESSAGES' | 'RECEIPTS_UP_TO' | 'SEARCH_RATE'
  >,
  { metrics, ...infrastructure }: Omit<Infrastructure, 'verifier'>,
  deps: {
    databases: Databases<OpenDatabase>;
    submitter: Submitter;
    publisher: ChangePublisher;
    outbox: Outbox;
  },
): Context {
  const { databases, submitter, publisher, outbox } = deps;
  const common = {
    ...infrastructure,
    submitter,
    publisher,
    written: new SlidingWindow(),
    rates: config.MESSAGE_RATE,
    roomMentioned: new SlidingWindow(),
    roomMentionRate: config.ROOM_MENTION_RATE,
    stored: new Cache<true>(20_000, 60_000),
    largeRooms: new LargeRooms(config.RECEIPTS_UP_TO),
    erasesMessages: config.ERASE_MESSAGES === 'delete',
    expiryMetrics: new ExpiryMetrics(metrics),
    searchLimiter: createLimiter({ setting: 'SEARCH_RATE', rate: config.SEARCH_RATE, per: ['user'] }),
    searchMetrics: new SearchMetrics(metrics),
    outbox,
  };
  const replicaMetrics = new ReplicaMetrics(metrics);
  const contexts: Databases<Context> = databases.map(({ db, replicaDb, searchDb }) => ({
    ...common,
    get databases() {
      return contexts;
    },
    ...{ db, searchDb },
    replica: new ReadReplica({
      ...{ primary: db, replica: replicaDb },
      ...{ metrics: replicaMetrics, logger: infrastructure.logger },
    }),
    changedRooms: new ChangedRooms(),
  }));
  return contexts.home;
}
