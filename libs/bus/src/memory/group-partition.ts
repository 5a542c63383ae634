import type { Topic } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { BatchLane } from '../batch-lane.ts';
import type { BatchHandler, ConsumeOptions, DeadLetter } from '../bus.ts';
import type { Linger } from '../linger.ts';
import { type ReadEvent, readEvent } from '../wire.ts';

interface Entry {
  text: string;
  settle: (error?: AppError) => void;
}

interface Delivery extends ReadEvent {
  entry: Entry;
}

type Lane = BatchLane<Delivery>;

/** Limits how long a lingering member that leaves may take to handle its events. */
const hurryMs = 1_000;

/**
 * One group's queue for one partition. The member that joined first is active; when it leaves, the
 * next takes over.
 */
export class GroupPartition {
  readonly #topic: Topic;
  readonly #partition: number;
  readonly #deadLetters: DeadLetter[];
  readonly #logger: Logger;
  readonly #entries = new Set<Entry>();
  readonly #members = new Set<Lane>();
  #active: Lane | undefined;
  #abandoned = false;

  constructor(topic: Topic, partition: number, deadLetters: DeadLetter[], logger: Logger) {
    this.#topic = topic;
    this.#partition = partition;
    this.#deadLetters = deadLetters;
    this.#logger = logger;
  }

  get depth(): number {
    return this.#entries.size;
  }

  /**
   * Resolves when the event is handled or has become a dead letter. If the active member lingers,
   * resolves as soon as that member has the event.
   */
  add(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: Entry = { text, settle: (error) => (error ? reject(error) : resolve()) };
      this.#entries.add(entry);
      if (!this.#active) this.#rejectIfAbandoned();
      else if (this.#members.has(this.#active)) pushTo(this.#active, entry);
    });
  }

  join(handler: BatchHandler, options: ConsumeOptions, linger: Linger): Lane {
    const lane: Lane = new BatchLane({
      maxBatch: options.maxBatch ?? 100,
      maxAttempts: options.maxAttempts ?? 5,
      linger,
      turn: () => handler.turnOf?.(this.#partition),
      handle: (events) => handler(events, { partition: this.#partition }),
      done: (deliveries) => {
        for (const { entry } of deliveries) this.#settle(entry);
      },
      bury: async ({ event }, reason) => {
        const time = new Date().toISOString();
        this.#deadLetters.push({ topic: this.#topic, partition: this.#partition, event, reason, time });
      },
      logger: this.#logger,
    });
    this.#members.add(lane);
    if (!this.#active) this.#activate(lane);
    return lane;
  }

  async leave(lane: Lane): Promise<void> {
    this.#members.delete(lane);
    if (this.#active !== lane) return;
    // The lane stays active until its handler has ended, so that no other member starts before
    // that.
    if (lane.lingers) await lane.hurry(hurryMs);
    await lane.clear();
    this.#activate([...this.#members][0]);
  }

  /** No more members will join: events that the last one leaves unfinished are rejected. */
  abandon(): void {
    this.#abandoned = true;
    if (!this.#active) this.#rejectIfAbandoned();
  }

  #rejectIfAbandoned(): void {
    if (this.#abandoned) for (const entry of this.#entries) this.#settle(entry, new AppError('unavailable'));
  }

  #activate(lane: Lane | undefined): void {
    this.#active = lane;
    if (!lane) this.#rejectIfAbandoned();
    else for (const entry of this.#entries) pushTo(lane, entry);
  }

  #settle(entry: Entry, error?: AppError): void {
    if (this.#entries.delete(entry)) entry.settle(error);
  }
}

/** Each member reads its own copy. */
function pushTo(lane: Lane, entry: Entry): void {
  lane.push({ ...readEvent(entry.text), entry });
  if (lane.lingers) entry.settle();
}
