import type { Bus } from '@parley/bus';
import type { Database } from '@parley/database';
import type { Clock, Logger } from '@parley/runtime';
import type { LiveInbox } from './live-inbox.ts';

/** The dependencies of every use case. */
export interface Context {
  db: Database;
  bus: Bus;
  inbox: LiveInbox;
  logger: Logger;
  newId: () => string;
  clock: Clock;
  /** In rooms with more members than this, a message notifies only those whom it mentions. */
  notifyAllUpTo: number;
}
