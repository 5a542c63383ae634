import { chunks } from '@parley/runtime/async';
import type { Mark, MarkedChanges } from '../domain/mark.ts';
import { deleteMarks, findMarks, findNewMarks, firstHorizon } from '../stores/marks.ts';
import type { Context } from '../usecases/context.ts';

/** How often the marks of confirmed changes are deleted. */
const deleteEveryMs = 1_000;
const marksPerStatement = 1_000;
/** More than the batches that all writers of an installation hold at once. */
const maxOld = 50_000;

/**
 * The marks of this process's batches, and those of other writers that it publishes in their place.
 */
export class TimelineMarks {
  readonly #context: Pick<Context, 'db' | 'newId' | 'logger'>;
  #writer: string;
  readonly #horizons = new Map<number, string>();
  /** Other writers' transactions that are being published here. */
  readonly #taken = new Set<string>();
  #confirmedBatches: string[] = [];
  #confirmedOthers: MarkedChanges[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(context: Pick<Context, 'db' | 'newId' | 'logger'>) {
    this.#context = context;
    this.#writer = context.newId();
  }

  /** For a new batch. */
  mark(partition: number): Mark {
    return { batch: this.#context.newId(), writer: this.#writer, partition };
  }

  /**
   * A batch failed, and some of its transactions may have been committed. From now on, the former
   * marks of this process count as another writer's: their changes are published again.
   */
  abandon(): void {
    this.#writer = this.#context.newId();
    this.#horizons.clear();
  }

  /** Other writers' marks in a partition that are not taken yet. Takes them. */
  async takeNew(partition: number): Promise<MarkedChanges[]> {
    const since = this.#horizons.get(partition) ?? firstHorizon;
    const writer = this.#writer;
    const { marks, horizon } = await findNewMarks(this.#context.db, { partition, writer }, since);
    if (writer === this.#writer) this.#horizons.set(partition, horizon);
    return this.#take(marks);
  }

  /** Other writers' marks in all partitions that are not taken yet. Takes them. */
  async takeOld(ageMs: number): Promise<MarkedChanges[]> {
    const writer = this.#writer;
    return this.#take(await findMarks(this.#context.db, { writer, ageMs, limit: maxOld }));
  }

  /** `timeline` has the changes: their marks are deleted soon. */
  confirm(batches: readonly string[], others: readonly MarkedChanges[]): void {
    this.#confirmedBatches.push(...batches);
    this.#confirmedOthers.push(...others);
    if (!this.#closed) this.#timer ??= setTimeout(() => void this.#delete(), deleteEveryMs).unref();
  }

  /** Deletes what has been confirmed. Never rejects: at worst, changes are published again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#delete();
  }

  async #delete(): Promise<void> {
    const [batches, others] = [this.#confirmedBatches, this.#confirmedOthers];
    this.#confirmedBatches = [];
    this.#confirmedOthers = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      for (const some of chunks(batches, marksPerStatement)) await deleteMarks(this.#context.db, some, []);
      for (const some of chunks(others, marksPerStatement)) await deleteMarks(this.#context.db, [], some);
      for (const { xid } of others) this.#taken.delete(xid);
    } catch (error) {
      this.#context.logger.warn({ err: error }, 'confirmed marks could not be deleted; will retry');
      this.confirm(batches, others);
    }
  }

  #take(marks: readonly MarkedChanges[]): MarkedChanges[] {
    const free = marks.filter(({ xid }) => !this.#taken.has(xid));
    for (const { xid } of free) this.#taken.add(xid);
    return free;
  }
}
