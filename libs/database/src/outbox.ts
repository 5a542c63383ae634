import { type Bus, publishEvent } from '@parley/bus';
import { type EventOf, type EventType, retiredEvents } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';
import type { EventLog } from './event-log.ts';
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
 * Transactional outbox: an event is stored together with the change that it announces, and
 * published after the commit, at least once and in id order. Transactions on the same room or user
 * wait for each other's row lock, so this is the commit order per key.
 */
export class Outbox {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #pollMs: number;
  readonly #tracing: Tracing | undefined;
  readonly #log: EventLog | undefined;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  /**
   * @param options.pollMs how often to check for events that a killed replica left behind; own
   * events are published at once.
   * @default 2000
   * @param options.log keeps published events, so that listeners can resume. @default keeps none
   */
  constructor(options: {
    db: Database;
    bus: Bus;
    logger: Logger;
    pollMs?: number;
    tracing?: Tracing | undefined;
    log?: EventLog | undefined;
  }) {
    this.#db = options.db;
    this.#bus = options.bus;
    this.#logger = options.logger;
    this.#pollMs = options.pollMs ?? 2_000;
    this.#tracing = options.tracing;
    this.#log = options.log;
  }

  /**
   * Runs `work` in a transaction, publishes the events that it `add`s after the commit, and returns
   * its result.
   */
  async transact<R>(
    work: (trx: Knex.Transaction, add: (event: EventOf<EventType>) => void) => Promise<R>,
  ): Promise<R> {
    let added = 0;
    const result = await this.#db.transaction(async (trx) => {
      const events: EventOf<EventType>[] = [];
      // Any replica may publish it later, so the event carries the trace of its origin.
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

  /** Publishes everything that is stored now. Resolves when it is published. */
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
        // The rows remain; the next nudge or poll retries.
        this.#logger.warn({ err: error }, 'outbox publish failed; will retry');
      }
    }
  }

  /** One replica at a time, so that the order holds across replicas too. */
  async #publishBatch(): Promise<number> {
    return this.#db.transaction(async (trx) => {
      await trx.raw("select pg_advisory_xact_lock(hashtextextended(current_schema() || '.outbox', 0))");
      const rows: { id: number; event: EventOf<EventType> }[] = await trx('outbox')
        .select('id', 'event')
        .orderBy('id')
        .limit(batchSize);
      if (rows.length === 0) return 0;
      const events = rows.map((row) => row.event).filter(({ type }) => !retiredEvents.includes(type));
      const mark = this.#log && { position: await this.#log.position(trx) };
      await Promise.all(events.map((event) => publishEvent(this.#bus, { ...event, ...mark })));
      const ids = rows.map((row) => row.id);
      if (this.#log) await this.#log.take(trx, ids);
      else await trx('outbox').whereIn('id', ids).delete();
      return rows.length;
    });
  }
}
