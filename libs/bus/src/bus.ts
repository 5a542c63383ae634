import type { Envelope, GroupOf, Topic } from '@parley/contracts';

/**
 * How the services talk to each other: ordered durable topics, copies for every process, calls with an answer, and
 * mail to one process. Two implementations: `RabbitBus` (a fleet) and `MemoryBus` (one process); `tests/bus-contract.ts` runs on both.
 */
export interface Bus {
  /**
   * Adds an event to a topic. Resolves when it is safe: confirmed by the broker after every group's queue has it (RabbitBus), or
   * handled by every group that does not linger (MemoryBus, which keeps nothing across a crash). Order is kept per partition and publishing process.
   * Any number may be under way at once; how many are unconfirmed is bounded, further calls wait.
   * Rejects with `unavailable` (retryable) when it can't be confirmed: it may still have arrived, so consumers must be idempotent.
   * @param partition see `partitionOf`
   */
  publish(topic: Topic, partition: number, event: Envelope, options?: PublishOptions): Promise<void>;

  /** The partition of what has that key: the same in every process of the installation. */
  partitionOf(topic: Topic, key: string): number;

  /**
   * Consumes a topic as a member of a group: at least once, in order per partition, each partition by one member of the group at a time;
   * when that member goes, another takes over what it had not finished. (Only a member that is cut off from the broker may still be finishing a batch
   * which another has begun again: what must not happen twice at once needs the database's help.)
   * The handler gets everything that has queued up, at most `maxBatch` events, and never runs twice at once for one partition; different
   * partitions run side by side. When it resolves, the batch is done; or, if it resolves with a function, the next batch may begin, and this one is done when
   * that function has succeeded (repeated after pauses, like an outage below) and so have those before it. When the handler throws:
   * - a retryable `AppError`, or an outage of what the handler needs (`isOutage`): the same batch again after a pause (100 ms, doubling to 5 s), for as
   *   long as it takes. Not `server_error`, which wraps unknown failures: a bug must not hold up a partition for ever;
   * - anything else: the batch is tried again one event at a time, and an event that fails `maxAttempts` times goes to the dead letters.
   */
  consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer>;

  /**
   * A copy of every event of a topic for this process alone, from now until closed, in order per partition; nothing is kept while the process is
   * away or the connection is lost (see `onRecovered`). Handlers run one event at a time; what they throw is logged.
   */
  listen(topic: Topic, handler: (event: Envelope) => void | Promise<void>): Promise<Consumer>;

  /** Answers calls of a method; replicas that serve the same one share the calls. What the handler throws reaches the caller as the same `AppError`. */
  serve(method: string, handler: CallHandler): Promise<Consumer>;

  /**
   * Asks whoever serves the method. Rejects with the server's `AppError`, with `timeout` after `timeoutMs`, or with `unavailable` when nobody serves
   * it or the broker is away. Not durable: meant for reads.
   */
  call(method: string, data: unknown, options?: CallOptions): Promise<unknown>;

  /** Opens this process' own mailbox. Not durable; mail to a closed one is dropped. Mail from one process to one inbox keeps its order. */
  openReplyQueue(handler: (data: unknown) => void): Promise<ReplyQueue>;

  /**
   * Sends mail to an inbox. Resolves when the broker has it, or knows no such inbox; so mail is lost only with the receiver's own connection, or with the
   * broker (see `onRecovered`). Rejects as `publish` does, and it may come twice.
   */
  reply(address: string, data: unknown): Promise<void>;

  /** Events that a group gave up on, oldest first; `requeue` puts them back in their partitions. */
  deadLetters(group: string): DeadLetters;

  /** Called after a lost connection is back and all consumers are: what `listen` and inboxes should have received meanwhile may be lost. */
  onRecovered(callback: () => void): void;

  /** Whether what was published outlives this process. Where it does not, the publisher of facts from its database tells the latest of them again at its start. */
  readonly durable: boolean;

  /** Resolves when the broker answers, which a frozen one does not: bound it by a time of your own. Rejects with `unavailable` without a connection. */
  ping(): Promise<void>;

  /** Whether there is a connection to the broker just now. It may be frozen: see `ping`. */
  readonly connected: boolean;

  /** Events that were published and are not safe yet (see `publish`), for metrics. */
  readonly unconfirmed: number;

  /**
   * Events not yet done in the group queues that this process consumes, for metrics. Key: `topic.group.partition`.
   * Another member's unfinished ones are not counted. Never rejects; what cannot be measured just now is left out.
   */
  depths(): Promise<Record<string, number>>;

  /** Dead letters of the groups that this process consumes for, for metrics. Key: the group. Otherwise as `depths`. */
  deadLetterCounts(): Promise<Record<string, number>>;

  /** Finishes what handlers are doing, flushes what was published, closes. Unfinished deliveries go to another member. */
  close(): Promise<void>;
}

export interface PublishOptions {
  /** A broker that is restarted may lose it, confirmed or not: cheaper, for what its publisher repeats until it is answered. @default false */
  transient?: boolean;
}

export interface ConsumeOptions {
  /** Most events handed over at once. @default 100 */
  maxBatch?: number;
  /**
   * How long more is waited for before a batch is handed over: fewer, larger ones, for work that nobody waits for. @default 0
   */
  lingerMs?: number;
  /** Tries of an event that fails for a reason of its own before it goes to the dead letters. @default 5 */
  maxAttempts?: number;
}

export interface CallOptions {
  /** @default 3000 */
  timeoutMs?: number;
  /** The trace context that whoever serves the call is told of. @default none */
  trace?: string | undefined;
}

/** @param trace of the caller, where it has one */
export type CallHandler = (data: unknown, trace: string | undefined) => unknown;

type Handle<Result> = (events: Envelope[], context: { partition: number }) => Promise<Result>;
export type BatchHandler = Handle<void> | Handle<Confirmation | undefined>;

/** What has to be confirmed elsewhere before a batch that was handled is let go, and what the next batch need not wait for. */
export type Confirmation = () => Promise<unknown>;

export interface Consumer {
  /** Stops taking more, waits for the running handler, releases the rest to the other members. */
  close(): Promise<void>;
}

export interface ReplyQueue extends Consumer {
  /** Where to `post` to. */
  readonly address: string;
}

export interface DeadLetters {
  count(): Promise<number>;
  /** At most `limit` of the oldest, left in place. */
  peek(limit: number): Promise<DeadLetter[]>;
  /** Puts up to `limit` of those that are there now, the oldest first, back at the end of their partitions; answers how many. */
  requeue(limit: number): Promise<number>;
}

export interface DeadLetter {
  topic: Topic;
  partition: number;
  event: Envelope;
  /** The last error's text; never what the event holds. */
  reason: string;
  /** ISO 8601. */
  time: string;
}
