import type { Bus } from '@parley/bus';
import type { Database, Outbox } from '@parley/database';
import type { Clock, Logger } from '@parley/runtime';

/** The dependencies of every use case. */
export interface Context {
  db: Database;
  bus: Bus;
  outbox: Outbox;
  logger: Logger;
  newId: () => string;
  clock: Clock;
  /** In rooms with more members than this, a message notifies only those whom it mentions. */
  notifyAllUpTo: number;
}
