import type { Bus } from '@parley/bus';
import { type EventData, type EventOf, type EventType, makeEvent } from '@parley/contracts';
import type { Database, Outbox, Queryable } from '@parley/database';
import type { Clock, Maximum } from '@parley/runtime';
import { revokeBeforeAcknowledging } from './revoke-before-acknowledging.ts';

export interface Limits {
  roomMembers: Maximum;
  roomsOwned: Maximum;
  contacts: Maximum;
  blocks: Maximum;
  friendRequests: Maximum;
  bans: Maximum;
  invites: Maximum;
}

/** One transaction, and what it will tell the others if it commits. */
export interface Transaction {
  trx: Queryable;
  /** When it happens. */
  now: Date;
  /** Events of one transaction are published in the order they were told. */
  emit<T extends EventType>(type: T, data: EventData<T>): void;
}

/** What every use case is made of. */
export interface Context {
  db: Database;
  bus: Bus;
  limits: Limits;
  newId: () => string;
  clock: Clock;
  /**
   * Locks are taken in one order everywhere, so that nothing deadlocks: people (`lockPeople`, by id), then one room.
   * A room's lock is held from before its change to the commit, so its events leave in the order of their versions.
   * What was told and takes something away is in force when this resolves: see `foretell`.
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
