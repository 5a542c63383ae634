import { chunks } from '@parley/runtime/async';
import type { Mark, MarkedChanges } from '../domain/mark.ts';
import { deleteMarks, findMarks, findNewMarks, firstHorizon } from '../stores/marks.ts';
import type { Context } from '../usecases/context.ts';

/** How often the marks of confirmed changes are deleted. */
const deleteEveryMs = 1_000;
const marksPerStatement = 1_000;
/** More than the batches that all writers of an installation hold at once. */
const maxOld = 50_000;

/** The part of one partition of `submissions` in a batch. */
export interface MarkedPart {
  partition: number;
  submissions: readonly { roomId: string }[];
}

/** A transaction's mark of one partition. */
const keyOf = ({ partition, xid }: MarkedChanges) => `${partition} ${xid}`;

/**
 * The marks of this process's batches, and those of other writers that it publishes in their place.
 */
export class TimelineMarks {
  readonly #context: Pick<Context, 'db' | 'newId' | 'logger'>;
  #writer: string;
  readonly #horizons = new Map<number, string>();
  /** The partitions of the next question for new marks. */
  readonly #asked = new Set<number>();
  #asking: Promise<MarkedChanges[]> | undefined;
  /** Other writers' marks whose changes are being published here. */
  readonly #taken = new Set<string>();
  #confirmedParts: string[] = [];
  #confirmedOthers: MarkedChanges[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(context: Pick<Context, 'db' | 'newId' | 'logger'>) {
    this.#context = context;
    this.#writer = context.newId();
  }

  /** For a new batch. */
  mark(parts: readonly MarkedPart[]): Mark {
    return {
      writer: this.#writer,
      parts: new Map(parts.map(({ partition }) => [partition, this.#context.newId()])),
      rooms: new Map(
        parts.flatMap(({ partition, submissions }) =>
          submissions.map(({ roomId }) => [roomId, partition] as const),
        ),
      ),
    };
  }

  /**
   * A batch failed, and some of its transactions may have been committed. From now on, the former
   * marks of this process count as another writer's: their changes are published again.
   */
  abandon(): void {
    this.#writer = this.#context.newId();
    this.#horizons.clear();
  }

  /**
   * Other writers' marks in these partitions that are not taken yet. Takes them. Calls in the same
   * turn of the event loop share one statement.
   */
  async takeNew(partitions: readonly number[]): Promise<MarkedChanges[]> {
    if (partitions.length === 0) return [];
    for (const one of partitions) this.#asked.add(one);
    this.#asking ??= new Promise(setImmediate).then(() => this.#askNew());
    const taken = await this.#asking;
    return taken.filter(({ partition }) => partitions.includes(partition));
  }

  async #askNew(): Promise<MarkedChanges[]> {
    const partitions = [...this.#asked];
    this.#asked.clear();
    this.#asking = undefined;
    const since = new Map(partitions.map((one) => [one, this.#horizons.get(one) ?? firstHorizon]));
    const writer = this.#writer;
    const { marks, horizon } = await findNewMarks(this.#context.db, writer, since);
    if (writer === this.#writer) for (const one of partitions) this.#horizons.set(one, horizon);
    return this.#take(marks);
  }

  /** Other writers' marks in all partitions that are not taken yet. Takes them. */
  async takeOld(ageMs: number): Promise<MarkedChanges[]> {
    const writer = this.#writer;
    return this.#take(await findMarks(this.#context.db, { writer, ageMs, limit: maxOld }));
  }

  /** `timeline` has the changes of these parts: their marks are deleted soon. */
  confirm(parts: readonly string[], others: readonly MarkedChanges[]): void {
    this.#confirmedParts.push(...parts);
    this.#confirmedOthers.push(...others);
    if (!this.#closed) this.#timer ??= setTimeout(() => void this.#delete(), deleteEveryMs).unref();
  }

  /** Deletes what has been confirmed. Never rejects: at worst, changes are published again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#delete();
  }

  async #delete(): Promise<void> {
    const [parts, others] = [this.#confirmedParts, this.#confirmedOthers];
    this.#confirmedParts = [];
    this.#confirmedOthers = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      for (const some of chunks(parts, marksPerStatement)) await deleteMarks(this.#context.db, some, []);
      for (const some of chunks(others, marksPerStatement)) await deleteMarks(this.#context.db, [], some);
      for (const mark of others) this.#taken.delete(keyOf(mark));
    } catch (error) {
      this.#context.logger.warn({ err: error }, 'confirmed marks could not be deleted; will retry');
      this.confirm(parts, others);
    }
  }

  #take(marks: readonly MarkedChanges[]): MarkedChanges[] {
    const free = marks.filter((mark) => !this.#taken.has(keyOf(mark)));
    for (const mark of free) this.#taken.add(keyOf(mark));
    return free;
  }
}
