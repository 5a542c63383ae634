import type { ChangePublisher } from '@parley/backplane';
import type { Database } from '@parley/database';
import { SlidingWindow } from '@parley/runtime';
import type { Infrastructure } from '@parley/service';
import type { Submitter } from '@parley/timeline';
import type { MessagesConfig } from '../config.ts';
import type { Mark } from '../domain/mark.ts';
import type { MessageRates } from '../message-rates.ts';
import { ExpiryMetrics } from './expiry-metrics.ts';
import { LargeRooms } from './large-rooms.ts';
import { ReadReplica } from './read-replica.ts';
import { ReplicaMetrics } from './replica-metrics.ts';

/** The dependencies of every use case. */
export interface Context extends Omit<Infrastructure, 'metrics' | 'verifier' | 'backplane'> {
  db: Database;
  replica: ReadReplica;
  /** Submits on behalf of REST callers. */
  submitter: Submitter;
  /** Publishes committed changes to the gateways. */
  publisher: ChangePublisher;
  /** Of the batch that is being written, if its changes must survive this process. */
  mark?: Mark | undefined;
  /** The messages, edits and reactions of users in rooms. */
  written: SlidingWindow;
  rates: MessageRates;
  largeRooms: LargeRooms;
  /** Whether an erased author's messages are deleted as well. */
  erasesMessages: boolean;
  expiryMetrics: ExpiryMetrics;
}

export function createContext(
  config: Pick<MessagesConfig, 'MESSAGE_RATE' | 'ERASE_MESSAGES' | 'RECEIPTS_UP_TO'>,
  { metrics, ...infrastructure }: Omit<Infrastructure, 'verifier'>,
  deps: {
    db: Database;
    replicaDb: Database | undefined;
    submitter: Submitter;
    publisher: ChangePublisher;
  },
): Context {
  const { db, replicaDb, submitter, publisher } = deps;
  return {
    ...infrastructure,
    db,
    replica: new ReadReplica({
      primary: db,
      replica: replicaDb,
      metrics: new ReplicaMetrics(metrics),
      logger: infrastructure.logger,
    }),
    submitter,
    publisher,
    written: new SlidingWindow(),
    rates: config.MESSAGE_RATE,
    largeRooms: new LargeRooms(config.RECEIPTS_UP_TO),
    erasesMessages: config.ERASE_MESSAGES === 'delete',
    expiryMetrics: new ExpiryMetrics(metrics),
  };
}
