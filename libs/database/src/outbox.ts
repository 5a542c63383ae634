import { type Bus, publishEvent } from '@parley/bus';
import type { EventOf, EventType } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';
import type { Migration } from './migrate.ts';

/** Include it in a service's migrations. */
export const outboxMigration: Migration = {
  name: '0000-outbox',
  up: (trx) =>
    trx.schema.createTable('outbox', (table) => {
      table.bigIncrements('id');
      table.jsonb('event').notNullable();
    }),
};

const batchSize = 200;

/**
 * Events that must be told if, and only if, a transaction commits: stored with it, published after it, at least once, in the order of
 * their ids. (Two transactions that touch one room or user wait for each other's row lock, so per key that is the order of commits.)
 */
export class Outbox {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #pollMs: number;
  readonly #tracing: Tracing | undefined;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  /** @param options.pollMs how often to look for what a killed replica left behind; own events go at once. @default 2000 */
  constructor(options: {
    db: Database;
    bus: Bus;
    logger: Logger;
    pollMs?: number;
    tracing?: Tracing | undefined;
  }) {
    this.#db = options.db;
    this.#bus = options.bus;
    this.#logger = options.logger;
    this.#pollMs = options.pollMs ?? 2_000;
    this.#tracing = options.tracing;
  }

  /** Runs `work` in a transaction; what it `add`s is published after the commit. Answers what `work` answers. */
  async transact<R>(
    work: (trx: Knex.Transaction, add: (event: EventOf<EventType>) => void) => Promise<R>,
  ): Promise<R> {
    let added = 0;
    const result = await this.#db.transaction(async (trx) => {
      const events: EventOf<EventType>[] = [];
      // It is published later, by whoever comes first: in the trace of who tells it now.
      const trace = this.#tracing?.current();
      const value = await work(trx, (event) => void events.push(trace ? { ...event, trace } : event));
      if (events.length > 0)
        await trx('outbox').insert(events.map((event) => ({ event: JSON.stringify(event) })));
      added = events.length;
      return value;
    });
    if (added > 0) this.#nudge();
    return result;
  }

  start(): void {
    this.#timer = setInterval(() => this.#nudge(), this.#pollMs);
    this.#timer.unref();
    this.#bus.onRecovered(() => this.#nudge());
    this.#nudge();
  }

  /** Publishes all that is stored now; resolves when it is out. Tests wait with it. */
  async drain(): Promise<void> {
    this.#nudge();
    while (this.#draining !== undefined) await this.#draining;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#draining;
  }

  #nudge(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#draining ??= this.#run().finally(() => {
      this.#draining = undefined;
      if (this.#again) this.#nudge();
    });
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        while ((await this.#publishBatch()) === batchSize && !this.#stopped);
      } catch (error) {
        // The rows are still there; the next nudge or poll tries again.
        this.#logger.warn({ err: error }, 'outbox could not publish; will try again');
      }
    }
  }

  /** One replica at a time, so that order holds between replicas too. */
  async #publishBatch(): Promise<number> {
    return this.#db.transaction(async (trx) => {
      await trx.raw("select pg_advisory_xact_lock(hashtextextended(current_schema() || '.outbox', 0))");
      const rows: { id: number; event: EventOf<EventType> }[] = await trx('outbox')
        .select('id', 'event')
        .orderBy('id')
        .limit(batchSize);
      if (rows.length === 0) return 0;
      await Promise.all(rows.map((row) => publishEvent(this.#bus, row.event)));
      await trx('outbox')
        .whereIn(
          'id',
          rows.map((row) => row.id),
        )
        .delete();
      return rows.length;
    });
  }
}
