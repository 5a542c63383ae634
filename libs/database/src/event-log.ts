import type { EventOf, EventType } from '@parley/contracts';
import type { Knex } from 'knex';
import type { Database, Queryable } from './connect.ts';
import type { Migration } from './migrate.ts';

/** Include it in the migrations of a service whose outbox has a log, after `outboxMigration`. */
export const eventLogMigration: Migration = {
  name: '0000-event-log',
  up: (trx) =>
    trx.schema.createTable('event_log', (table) => {
      table.bigIncrements('position');
      table.jsonb('event').notNullable();
    }),
};

const defaultKept = 100_000;

/** Where a reader is. */
export interface LogCursor {
  /** It has every event up to this position. */
  after: number;
  /** And every event that waits to be published, up to this id. */
  waitingAfter: number;
}

export interface LogPage extends LogCursor {
  events: EventOf<EventType>[];
  /** False if events after the cursor are no longer kept. */
  isComplete: boolean;
  hasMore: boolean;
}

/**
 * The last events that an outbox has published, so that a listener can resume after an outage. A
 * published event moves here from the outbox in the transaction that published it. The outbox's
 * lock is held then, so positions are in the order of publishing.
 *
 * An event carries the last position before its batch (the envelope's `position`). Everything up to
 * there was confirmed by the broker before: a listener that has the event has missed none of it.
 */
export class EventLog {
  readonly #kept: number;
  readonly #erasure: EventType | undefined;

  /**
   * @param options.kept how many events are kept. @default 100000
   * @param options.erasure an event of this type makes the log forget all events before it, because
   *   they may contain what was erased. A listener that lacks some of them asks for everything.
   */
  constructor({ kept = defaultKept, erasure }: { kept?: number; erasure?: EventType } = {}) {
    this.#kept = kept;
    this.#erasure = erasure;
  }

  /** The position of the last published event; 0 without one. */
  async position(db: Queryable): Promise<number> {
    return (await ends(db)).newest;
  }

  /** Moves published events from the outbox, and forgets the oldest. */
  async take(trx: Knex.Transaction, ids: number[]): Promise<void> {
    const { rows } = await trx.raw<{ rows: { erasure: number | null }[] }>(
      `with published as (delete from outbox where id = any(:ids) returning id, event),
       taken as (
         insert into event_log (event) select event from published order by id
         returning position, event->>'type' as type)
       select max(position) as erasure from taken where type = :erasure`,
      { ids, erasure: this.#erasure ?? null },
    );
    const erasure = rows[0]?.erasure ?? null;
    if (erasure !== null) await trx('event_log').where('position', '<', erasure).delete();
    await trx.raw('delete from event_log where position <= (select max(position) from event_log) - ?', [
      this.#kept,
    ]);
  }

  /**
   * The events after the cursor, from one snapshot: published ones in the order of publishing, then
   * those that wait. Each event is in one of both tables, so pages read in turn miss none that was
   * published before the first.
   */
  read(db: Database, { after, waitingAfter }: LogCursor, limit: number): Promise<LogPage> {
    return db.transaction(
      async (snapshot) => {
        const { oldest, newest } = await ends(snapshot);
        if (after > newest || after < oldest - 1)
          return { events: [], isComplete: false, after: newest, waitingAfter: 0, hasMore: false };
        const published: { position: number; event: EventOf<EventType> }[] = await snapshot('event_log')
          .where('position', '>', after)
          .orderBy('position')
          .limit(limit);
        const left = limit - published.length;
        const waiting: { id: number; event: EventOf<EventType> }[] =
          left === 0 ? [] : await snapshot('outbox').where('id', '>', waitingAfter).orderBy('id').limit(left);
        return {
          events: [...published, ...waiting].map(({ event }) => event),
          isComplete: true,
          after: published.at(-1)?.position ?? after,
          waitingAfter: waiting.at(-1)?.id ?? waitingAfter,
          hasMore: waiting.length === left,
        };
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    );
  }
}

async function ends(db: Queryable): Promise<{ oldest: number; newest: number }> {
  const { rows } = await db.raw<{ rows: { oldest: number | null; newest: number | null }[] }>(
    'select min(position) as oldest, max(position) as newest from event_log',
  );
  return { oldest: rows[0]?.oldest ?? 0, newest: rows[0]?.newest ?? 0 };
}
