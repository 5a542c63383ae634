import type { ChangePublisher } from '@parley/backplane';
import type { Database, Outbox } from '@parley/database';
import type { Limiter } from '@parley/http';
import type { Cache, Rate, SlidingWindow } from '@parley/runtime';
import type { Infrastructure } from '@parley/service';
import type { Submitter } from '@parley/timeline';
import type { Databases } from '../databases.ts';
import type { Mark } from '../domain/mark.ts';
import type { MessageRates } from '../message-rates.ts';
import type { ChangedRooms } from './changed-rooms.ts';
import type { ExpiryMetrics } from './expiry-metrics.ts';
import type { LargeRooms } from './large-rooms.ts';
import type { ReadReplica } from './read-replica.ts';
import type { SearchMetrics } from './search-metrics.ts';

/** The dependencies of use cases that concern several rooms, or a user. */
export interface CommonContext extends Omit<Infrastructure, 'metrics' | 'verifier' | 'backplane'> {
  /** A context for each database: `of(roomId)`, `home`, `all`. */
  databases: Databases<Context>;
  /** Submits on behalf of REST callers. */
  submitter: Submitter;
  /** Publishes committed changes to the gateways. */
  publisher: ChangePublisher;
  /** The messages, edits and reactions of users in rooms. */
  written: SlidingWindow;
  rates: MessageRates;
  /** Mentions of all members, by room. */
  roomMentioned: SlidingWindow;
  roomMentionRate: Rate | 'off';
  /** Identifies rows that this process has stored recently. Their repetitions are expected. */
  stored: Cache<true>;
  largeRooms: LargeRooms;
  /** Whether an erased author's messages are deleted as well. */
  erasesMessages: boolean;
  expiryMetrics: ExpiryMetrics;
  searchLimiter: Limiter;
  searchMetrics: SearchMetrics;
  /** Of the changes of accounts. */
  outbox: Outbox;
}

/** The dependencies of use cases that concern rooms of one database, or its accounts. */
export interface Context extends CommonContext {
  db: Database;
  replica: ReadReplica;
  /** Of the batch that is being written, if its changes must survive this process. */
  mark?: Mark | undefined;
  /** A few connections of their own, so that searches leave the others to the writer. */
  searchDb: Database;
  changedRooms: ChangedRooms;
}

/** The connections to one database of rooms. */
export interface OpenDatabase {
  db: Database;
  /** Only of the home database. */
  replicaDb: Database | undefined;
  searchDb: Database;
}
