import type { Envelope, GroupOf, Topic } from '@parley/contracts';
import type { Turn } from './turn.ts';

/**
 * The services communicate over this port: ordered durable topics, copies for every process, calls
 * with an answer, and replies to one process. `RabbitBus` connects several processes, `MemoryBus`
 * serves one. `tests/bus-contract.ts` runs against both.
 */
export interface Bus {
  /**
   * Adds an event to a topic. Resolves when the event is safe. With RabbitBus, the broker has
   * confirmed that every group's queue has it. With MemoryBus, every group that does not linger has
   * handled it; nothing survives a crash. Order is kept per partition and publishing process. Any
   * number of calls may be in flight; further calls wait while too many events are unconfirmed.
   * Rejects with `unavailable` (retryable) when the event cannot be confirmed. It may still have
   * arrived, so consumers must be idempotent.
   * @param partition see `partitionOf`
   */
  publish(topic: Topic, partition: number, event: Envelope, options?: PublishOptions): Promise<void>;

  /** The partition of a key. It is the same in every process of the installation. */
  partitionOf(topic: Topic, key: string): number;

  /**
   * Consumes a topic as a member of a group: at least once and in order per partition. One member
   * of the group works on a partition at a time. When it leaves, another member takes over its
   * unfinished events. A member that loses its connection to the broker may still finish a batch
   * that another has started again. Use the database to prevent effects that must not happen twice
   * at once.
   *
   * The handler gets all queued events, at most `maxBatch`, and never runs twice at once for one
   * partition. Partitions run in parallel. The batch is done when the handler resolves. If the
   * handler resolves with a function, the next batch may start; this batch is done when the
   * function has succeeded (repeated after pauses, as for an outage) for this batch and all before
   * it. `acrossPartitions` combines the batches of several partitions.
   *
   * When the handler throws
   * - a retryable `AppError`, or an outage of a dependency (`isOutage`): the bus repeats the batch
   *   after a pause (100 ms, doubling to 5 s) for as long as necessary. `server_error` is excluded:
   *   it wraps unknown failures, and a bug must not block a partition forever;
   * - anything else: the bus repeats the batch one event at a time. An event that fails
   *   `maxAttempts` times becomes a dead letter.
   */
  consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer>;

  /**
   * Gives this process its own copy of every event of a topic, in order per partition, until
   * closed. Events are lost while the process is down or its connection is lost (see
   * `ListenOptions.onInterrupted`). Handlers run one event at a time; their errors are logged.
   */
  listen(topic: Topic, handler: Listener, options?: ListenOptions): Promise<Consumer>;

  /**
   * Answers calls of a method. Replicas that serve the same method share its calls. The caller
   * receives the handler's `AppError`.
   */
  serve(method: string, handler: CallHandler): Promise<Consumer>;

  /**
   * Calls a method. Rejects with the server's `AppError`, with `timeout` after `timeoutMs`, or with
   * `unavailable` when nothing serves the method or the broker is away. Not durable: use it for
   * reads.
   */
  call(method: string, data: unknown, options?: CallOptions): Promise<unknown>;

  /**
   * Opens a reply queue for this process. Replies are not durable, and replies to a closed queue
   * are dropped. Replies from one process to one queue keep their order.
   */
  openReplyQueue(handler: (data: unknown) => void): Promise<ReplyQueue>;

  /**
   * Sends a reply to a reply queue. Resolves when the broker has it or knows no such queue. A reply
   * is lost only with the receiver's own connection or with the broker (see `onRecovered`). Rejects
   * as `publish` does. A reply may arrive twice.
   */
  reply(address: string, data: unknown): Promise<void>;

  /**
   * Events that a group failed to handle, oldest first. `requeue` puts them back in their
   * partitions.
   */
  deadLetters(group: string): DeadLetters;

  /**
   * Called after a lost connection and all its consumers are restored. Events for `listen` and
   * replies sent in the meantime may be lost.
   */
  onRecovered(callback: () => void): void;

  /**
   * Whether published events survive this process. If not, the service that publishes from its
   * database must republish its latest facts when it starts.
   */
  readonly durable: boolean;

  /**
   * Resolves when the broker answers. A frozen broker does not, so callers set their own limit.
   * Rejects with `unavailable` without a connection.
   */
  ping(): Promise<void>;

  /** Whether there is a connection to the broker. The broker may be frozen: see `ping`. */
  readonly connected: boolean;

  /** Published events that are not safe yet (see `publish`), for metrics. */
  readonly unconfirmed: number;

  /**
   * Unfinished events in the group queues that this process consumes, for metrics. Key:
   * `topic.group.partition`. Excludes events in flight at other members. Never rejects; omits
   * queues that cannot be measured.
   */
  depths(): Promise<Record<string, number>>;

  /**
   * Dead letters of the groups that this process consumes for, for metrics. Key: the group. Never
   * rejects.
   */
  deadLetterCounts(): Promise<Record<string, number>>;

  /**
   * Waits for running handlers, flushes published events and closes. Unfinished deliveries go to
   * another member.
   */
  close(): Promise<void>;
}

export interface PublishOptions {
  /**
   * Allows a restarting broker to lose the event, even if confirmed. Cheaper; for events that their
   * publisher repeats until they are answered. @default false
   */
  transient?: boolean;
}

export interface ConsumeOptions {
  /** Maximum number of events per batch. @default 100 */
  maxBatch?: number;
  /**
   * How long a batch waits for more events; less if another partition has begun to wait. Produces
   * fewer, larger batches for work that nothing waits for. @default 0
   */
  lingerMs?: number;
  /**
   * Maximum number of events in hand: queued, being handled, or waiting for their confirmation. A
   * handler whose confirmations take long needs more. Without effect on MemoryBus.
   * @default twice `maxBatch`
   */
  prefetch?: number;
  /** Attempts before an event that fails by itself becomes a dead letter. @default 5 */
  maxAttempts?: number;
}

export type Listener = (event: Envelope) => void | Promise<void>;

export interface ListenOptions {
  /**
   * Only events that processes of the last release publish to a `revised` topic. @default false
   */
  lastRelease?: boolean;
  /**
   * Called when events may have been lost, before the handler gets any that came later. Not called
   * for those before the first. @default ignores it
   */
  onInterrupted?: (() => void) | undefined;
}

export interface CallOptions {
  /** @default 3000 */
  timeoutMs?: number;
  /** The caller's trace context, passed to the handler. @default none */
  trace?: string | undefined;
}

/** @param trace the caller's trace context, if any */
export type CallHandler = (data: unknown, trace: string | undefined) => unknown;

interface Handle<Result> {
  (events: Envelope[], context: { partition: number }): Promise<Result>;
  /** The turn that a partition of `acrossPartitions` shares with others at present. */
  readonly turnOf?: ((partition: number) => Turn) | undefined;
}
export type BatchHandler = Handle<void> | Handle<Confirmation | undefined>;

/**
 * Runs after a batch was handled. The batch is done when this resolves; the next batch need not
 * wait.
 */
export type Confirmation = () => Promise<unknown>;

export interface Consumer {
  /** Stops taking events, waits for the running handler and releases the rest to other members. */
  close(): Promise<void>;
}

export interface ReplyQueue extends Consumer {
  /** Pass this to `Bus.reply`. */
  readonly address: string;
}

export interface DeadLetters {
  count(): Promise<number>;
  /** Reads at most `limit` of the oldest and leaves them in place. */
  peek(limit: number): Promise<DeadLetter[]>;
  /**
   * Puts up to `limit` of the current dead letters, oldest first, back at the end of their
   * partitions. Resolves with their number.
   */
  requeue(limit: number): Promise<number>;
}

export interface DeadLetter {
  topic: Topic;
  partition: number;
  event: Envelope;
  /** The text of the last error, never the event's content. */
  reason: string;
  /** ISO 8601. */
  time: string;
}
