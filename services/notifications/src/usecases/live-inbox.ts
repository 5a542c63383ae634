import type { Database, Transaction } from '@parley/database';
import type { Logger } from '@parley/runtime';
import { atMost, backoff, pause } from '@parley/runtime/async';
import { type Hint, mergeHints } from '../domain/hint.ts';
import type { InboxPublisher } from '../inbox-publisher.ts';
import { settleHints, storeHints, takeOverHints } from '../stores/hints.ts';
import type { CurrentRow } from '../stores/message-rows.ts';
import type { Delivered, Removed } from '../stores/notification-row.ts';

/** Rows published together; the limit of `getMessages`. */
const maxRows = 500;
/** Rows that wait in memory. Beyond it, hints wait in the table until they are taken over. */
const maxWaiting = 10_000;
/** How long a process has to publish its hints. Others check this often for older ones. */
const takeOverMs = 5_000;
const takenOverAtOnce = 100;
const pauses = { firstMs: 100, maxMs: 5_000 };
const closeWithinMs = 3_000;

/** The rows that a transaction has changed. */
export interface RowChanges {
  created?: readonly Delivered[];
  updated?: readonly Delivered[];
  removed?: readonly Removed[];
}

interface Deps {
  db: Database;
  publisher: InboxPublisher;
  /** Reads rows as clients may see them now. At most 500. */
  readCurrent: (ids: readonly string[]) => Promise<CurrentRow[]>;
  logger: Logger;
  newId: () => string;
}

interface Waiting {
  /** Of the stored hints. Absent: they have been deleted. */
  id?: string;
  rows: readonly Hint[];
}

/**
 * Publishes each change of inboxes to its user's connections, after the commit and at least once.
 * A transaction stores one hint, however many rows it changes. This process publishes the rows in
 * their current state and deletes the hint; if it is killed, another one does.
 *
 * No lock orders the publications of several processes. Instead, a process checks after publishing
 * a row whether it has changed, and publishes it again. So the last state that is published is the
 * current one.
 */
export class LiveInbox {
  readonly #deps: Deps;
  #waiting: Waiting[] = [];
  #size = 0;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #stopping = new AbortController();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Runs `work` in a transaction, and publishes the rows that it `add`s after the commit. */
  async transact<R>(work: (trx: Transaction, add: (changes: RowChanges) => void) => Promise<R>): Promise<R> {
    const { db, newId } = this.#deps;
    const rows: Hint[] = [];
    const id = newId();
    const result = await db.transaction(async (trx) => {
      const value = await work(trx, (changes) => void rows.push(...hintsOf(changes)));
      if (rows.length > 0) await storeHints(trx, { id, rows });
      return value;
    });
    if (rows.length > 0) this.#add({ id, rows });
    return result;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#takeOver(), takeOverMs).unref();
    void this.#takeOver();
  }

  /** Publishes what waits, for a short time. The rest is taken over. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const running = this.#running ?? Promise.resolve();
    await atMost(closeWithinMs, running);
    this.#stopping.abort();
    await running;
    await this.#deps.publisher.close();
  }

  #add(waiting: Waiting): void {
    if (this.#size >= maxWaiting) return;
    this.#waiting.push(waiting);
    this.#size += waiting.rows.length;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { logger } = this.#deps;
    let retries = 0;
    while (this.#waiting.length > 0 && !this.#stopping.signal.aborted) {
      const batch = this.#takeWaiting();
      try {
        await this.#publish(batch);
        retries = 0;
      } catch (error) {
        const pauseMs = backoff(retries++, pauses);
        logger.warn({ err: error, pauseMs }, 'live notifications cannot be published yet; will retry');
        this.#waiting.unshift(...batch);
        this.#size += sizeOf(batch);
        await pause(pauseMs, { signal: this.#stopping.signal });
      }
    }
    this.#running = undefined;
  }

  /** At least one transaction, and further ones up to `maxRows`. */
  #takeWaiting(): Waiting[] {
    let taken = 0;
    let rows = 0;
    for (const waiting of this.#waiting) {
      if (taken > 0 && rows + waiting.rows.length > maxRows) break;
      rows += waiting.rows.length;
      taken++;
    }
    this.#size -= rows;
    return this.#waiting.splice(0, taken);
  }

  async #publish(batch: readonly Waiting[]): Promise<void> {
    const { db } = this.#deps;
    const hints = mergeHints(batch.flatMap(({ rows }) => rows));
    const current = await this.#read(hints);
    const sent = await Promise.all(hints.map((hint) => this.#publishRow(hint, current.get(hint.id))));
    if (sent.includes(false)) throw new Error('the backplane is not available');
    const present = await settleHints(
      db,
      batch.flatMap(({ id }) => id ?? []),
      [...current.keys()],
    );
    const waiting = new Set(this.#waiting.flatMap(({ rows }) => rows.map(({ id }) => id)));
    const stale = hints.flatMap(({ userId, id }): Hint[] => {
      const published = current.get(id)?.version;
      if (published === undefined || published === present.get(id) || waiting.has(id)) return [];
      return [{ userId, id, kind: present.has(id) ? 'updated' : 'removed' }];
    });
    if (stale.length > 0) this.#add({ rows: stale });
  }

  async #read(hints: readonly Hint[]): Promise<Map<string, CurrentRow>> {
    const ids = hints.flatMap(({ id, kind }) => (kind === 'removed' ? [] : [id]));
    const found = new Map<string, CurrentRow>();
    for (let from = 0; from < ids.length; from += maxRows) {
      const rows = await this.#deps.readCurrent(ids.slice(from, from + maxRows));
      for (const row of rows) found.set(row.notification.id, row);
    }
    return found;
  }

  async #publishRow({ userId, id, kind }: Hint, current: CurrentRow | undefined): Promise<boolean> {
    const { publisher } = this.#deps;
    if (kind === 'removed') return publisher.publish(userId, { event: 'notification_removed', data: { id } });
    // Without a current text, another hint follows.
    if (!current) return true;
    const { notification: data } = current;
    const isNews = kind === 'created' && !data.isRead;
    return publisher.publish(userId, { event: isNews ? 'notification' : 'notification_updated', data });
  }

  async #takeOver(): Promise<void> {
    const { db, logger } = this.#deps;
    try {
      const left = await takeOverHints(db, { ageMs: takeOverMs, limit: takenOverAtOnce });
      const known = new Set(this.#waiting.map(({ id }) => id));
      for (const hints of left) if (!known.has(hints.id)) this.#add(hints);
    } catch (error) {
      if (!this.#stopping.signal.aborted)
        logger.warn({ err: error }, 'live notifications of other processes could not be found; will retry');
    }
  }
}

const sizeOf = (batch: readonly Waiting[]): number => batch.reduce((size, { rows }) => size + rows.length, 0);

const hintsOf = ({ created = [], updated = [], removed = [] }: RowChanges): Hint[] => [
  ...created.map(({ userId, notification: { id } }): Hint => ({ userId, id, kind: 'created' })),
  ...updated.map(({ userId, notification: { id } }): Hint => ({ userId, id, kind: 'updated' })),
  ...removed.map(({ userId, id }): Hint => ({ userId, id, kind: 'removed' })),
];
