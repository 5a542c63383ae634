import type { Bus } from '@parley/bus';
import { type EventData, type EventOf, type EventType, makeEvent } from '@parley/contracts';
import type { Database, EventLog, Outbox, Queryable } from '@parley/database';
import type { LimitName } from '@parley/errors';
import type { Clock, Maximum, Rate } from '@parley/runtime';
import { revokeBeforeAcknowledging } from './revoke-before-acknowledging.ts';

/** The limit of an action per user and window. */
export interface Budget extends LimitName {
  rate: Rate | 'off';
}

export interface Limits {
  roomMembers: Maximum;
  roomsOwned: Maximum;
  contacts: Maximum;
  blocks: Maximum;
  friendRequests: Maximum;
  bans: Maximum;
  invites: Maximum;
  addedUsers: Budget;
  joins: Budget;
  requestChanges: Budget;
}

/** A database transaction with the events to publish after its commit. */
export interface Transaction {
  trx: Queryable;
  /** The time of the transaction. */
  now: Date;
  /** Adds an event. A transaction's events are published in the order of these calls. */
  emit<T extends EventType>(type: T, data: EventData<T>): void;
}

/** The dependencies of every use case. */
export interface Context {
  db: Database;
  bus: Bus;
  /** The events that the outbox has published. */
  eventLog: EventLog;
  limits: Limits;
  newId: () => string;
  clock: Clock;
  /**
   * Locks are taken in one order everywhere, to prevent deadlocks: users (`lockPeople`, by id),
   * then one room. A room stays locked from before its change until the commit, so its events are
   * published in the order of their versions. Lost permissions are in force when this resolves: see
   * `revokeBeforeAcknowledging`.
   */
  transact<R>(work: (tx: Transaction) => Promise<R>): Promise<R>;
}

export function createContext(deps: Omit<Context, 'transact'> & { outbox: Outbox }): Context {
  const { outbox, ...rest } = deps;
  const { bus, newId, clock } = deps;
  return {
    ...rest,
    transact: async (work) => {
      const events: EventOf<EventType>[] = [];
      const result = await outbox.transact(async (trx, add) => {
        const now = clock();
        const emit: Transaction['emit'] = (type, data) =>
          void events.push(makeEvent(type, data, { id: newId(), now }) as EventOf<EventType>);
        const value = await work({ trx, now: new Date(now), emit });
        events.forEach(add);
        return value;
      });
      await revokeBeforeAcknowledging(bus, events);
      return result;
    },
  };
}
