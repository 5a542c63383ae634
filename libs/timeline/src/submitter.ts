import type { ReplyQueue } from '@parley/bus';
import {
  type Caller,
  type Change,
  type DeliveryPosition,
  type Message,
  makeEvent,
  type ReadPosition,
  type Submission,
  type SubmissionOf,
  type SubmissionReply,
  type SubmissionResult,
  type ThreadPosition,
} from '@parley/contracts';
import { AppError } from '@parley/errors';
import { atMost } from '@parley/runtime/async';
import { BatchesInFlight } from './batches-in-flight.ts';
import type { Batch, Lane } from './lane.ts';
import type { SubmissionInput, SubmitterOptions, Write } from './submitter-options.ts';

type Settled = SubmitterOptions & Required<Pick<SubmitterOptions, 'timeoutMs' | 'maxPending'>>;

interface Pending {
  submission: Submission;
  /** The batch that carried it; absent until it is sent. */
  batch?: Batch;
  deadline: number;
  resolve(result: SubmissionResult): void;
  reject(error: AppError): void;
}

/**
 * One batch is being written and one is ready for the writer; later submissions collect in a third.
 * A submission never waits for an idle writer, and batches grow with the load, which makes them
 * cheap.
 */
const maxInFlight = 2;
const maxInBatch = 500;
const sweepEveryMs = 100;
const maxCheckMs = 1_000;

/**
 * The only way to write to a room's timeline, for sockets and REST: sends submissions to the room's
 * writer and returns its answers.
 *
 * The submissions of one tick to one partition travel as one bus event, unless two batches are in
 * flight; then they wait for an answer to one of those. The submitter keeps a submission until it
 * is answered and sends it again after a lost connection to the broker. The writer recognises
 * duplicates by their id.
 *
 * Where this process receives the room's changes, the new message itself is the answer. If it is
 * late, the submitter has the room checked for missed changes, and then asks the writer to reply.
 *
 * Submissions of one process to one room are stored in order, even across restarts of services and
 * broker. A submission that was refused or timed out and is submitted anew takes its new place.
 */
export class Submitter {
  readonly #options: Settled;
  readonly #pending = new Map<number, Pending>();
  /** The sends that a change answers: message → ref. */
  readonly #expected = new Map<string, number>();
  readonly #inFlight: BatchesInFlight<Batch>;
  #lanes = new Map<number, Lane>();
  readonly #sweeper: NodeJS.Timeout;
  #replyQueue: ReplyQueue | undefined;
  #nextRef = 1;
  #flushing = false;
  #closed = false;

  static async start(options: SubmitterOptions): Promise<Submitter> {
    const submitter = new Submitter({ timeoutMs: 10_000, maxPending: 20_000, ...options });
    submitter.#replyQueue = await options.bus.openReplyQueue((data) =>
      submitter.#receive(data as { replies: SubmissionReply[] }),
    );
    options.bus.onRecovered(() => submitter.#submitAgain());
    return submitter;
  }

  private constructor(options: Settled) {
    this.#options = options;
    this.#inFlight = new BatchesInFlight(options.clock);
    this.#sweeper = setInterval(() => {
      this.#expire();
      for (const late of this.#inFlight.takeLate()) void this.#askFor(late);
    }, sweepEveryMs);
    this.#sweeper.unref();
  }

  /** Number of unanswered submissions, for metrics. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Writes on behalf of a caller. Answers the stored message.
   * @throws AppError as `submit`
   */
  async message(
    caller: Caller,
    input: Write<'send' | 'edit' | 'delete' | 'react' | 'pin'>,
  ): Promise<Message> {
    const result = await this.#write(caller, input);
    if (!('message' in result)) throw new AppError('server_error');
    return result.message;
  }

  async read(caller: Caller, input: Write<'read'>): Promise<ReadPosition> {
    const result = await this.#write(caller, input);
    if (result.op !== 'read') throw new AppError('server_error');
    return result.position;
  }

  async deliver(caller: Caller, input: Write<'deliver'>): Promise<DeliveryPosition> {
    const result = await this.#write(caller, input);
    if (result.op !== 'deliver') throw new AppError('server_error');
    return result.position;
  }

  /** Moves the caller's position in a thread, or in all threads of a room. */
  async thread(caller: Caller, input: Write<'thread' | 'read'>): Promise<ThreadPosition> {
    const result = await this.#write(caller, input);
    if (result.op !== 'thread') throw new AppError('server_error');
    return result.position;
  }

  /**
   * Resolves when the change is stored; it will reach every member.
   * @throws AppError the writer's refusal (`rate_limit`, `not_authorized`, `conflict`, …), or the
   * retryable `timeout` and `unavailable`. Repeat a send only with a `clientId`.
   */
  submit(input: SubmissionInput): Promise<SubmissionResult> {
    if (this.#closed) return Promise.reject(new AppError('unavailable'));
    if (this.#pending.size >= this.#options.maxPending)
      return Promise.reject(new AppError('unavailable', { retryAfterMs: 1_000 }));
    const submission = {
      ...input,
      ref: this.#nextRef++,
      id: input.id ?? this.#options.newId(),
    } as Submission;
    if (this.#options.tracing) submission.trace = this.#options.tracing.current();
    if (submission.op === 'send' && this.#options.changes?.include(submission)) {
      submission.answeredBy = 'change';
      this.#expected.set(submission.id, submission.ref);
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(submission.ref, {
        submission,
        deadline: this.#options.clock() + this.#options.timeoutMs,
        resolve,
        reject,
      });
      this.#enqueue(submission);
    });
  }

  /** A change has arrived. Answers the submission that it stored, if that is pending here. */
  seen(change: Change): void {
    if (this.#expected.size === 0 || !('message' in change)) return;
    const { message } = change;
    const ref = this.#expected.get(message.id);
    if (ref !== undefined) this.#settle(ref)?.resolve({ op: 'send', message, repeated: false });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const pending of this.#pending.values()) pending.reject(new AppError('unavailable'));
    this.#pending.clear();
    this.#expected.clear();
    await this.#replyQueue?.close();
  }

  #write(
    { userId, username, isBot, contract, grant }: Caller,
    input: Write<'send' | 'edit' | 'delete' | 'react' | 'pin' | 'read' | 'deliver' | 'thread'>,
  ): Promise<SubmissionResult> {
    const by = { userId, username, ...(isBot && { isBot }) };
    return this.submit({ ...input, by, contract, ...(grant && { byKey: true }) });
  }

  #enqueue(submission: Submission): void {
    const partition = this.#options.bus.partitionOf('submissions', submission.roomId);
    const lane = this.#lanes.get(partition) ?? { waiting: [], inFlight: 0 };
    this.#lanes.set(partition, lane);
    lane.waiting.push(submission);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      for (const [partition, lane] of this.#lanes) {
        while (lane.waiting.length > 0 && lane.inFlight < maxInFlight) this.#send(partition, lane);
      }
    });
  }

  #send(partition: number, lane: Lane): void {
    // Omits submissions that have timed out.
    const items = lane.waiting.splice(0, maxInBatch).filter(({ ref }) => this.#pending.has(ref));
    if (items.length === 0) return;
    const { bus, newId, clock } = this.#options;
    const batch: Batch = { lane, items, unanswered: items.length, isWritten: false };
    lane.inFlight += 1;
    this.#inFlight.sent(batch);
    for (const { ref } of items) {
      const pending = this.#pending.get(ref);
      if (pending) pending.batch = batch;
    }
    const event = makeEvent(
      'timeline.submitted',
      { origin: this.#replyQueue?.address ?? null, items },
      { id: newId(), now: clock() },
    );
    // The broker need not persist it: after a restart of the broker the submitter sends it again.
    bus.publish('submissions', partition, event, { transient: true }).catch((error: unknown) => {
      // A repeated send may be stored already. It is sent again when the broker is back.
      for (const item of items.filter((item) => !this.#isRepeated(item)))
        this.#settle(item.ref)?.reject(AppError.from(error));
    });
  }

  /** Asks for the reply to a late message. */
  #isRepeated(item: Submission): boolean {
    return item.op === 'send' && item.answeredBy === undefined && this.#expected.get(item.id) === item.ref;
  }

  #receive({ replies }: { replies: SubmissionReply[] }): void {
    for (const reply of replies) {
      const pending = this.#settle(reply.ref);
      if (reply.ok) pending?.resolve(reply.data);
      else pending?.reject(AppError.fromData(reply.error));
    }
  }

  #settle(ref: number): Pending | undefined {
    const pending = this.#pending.get(ref);
    if (!pending) return undefined;
    this.#pending.delete(ref);
    this.#expected.delete(pending.submission.id);
    this.#leaveBatch(pending);
    return pending;
  }

  #leaveBatch(pending: Pending): void {
    const { batch } = pending;
    delete pending.batch;
    if (!batch) return;
    if (!batch.isWritten) {
      // One late message holds up none of the next batches.
      batch.isWritten = true;
      this.#inFlight.firstAnswered(batch);
      batch.lane.inFlight -= 1;
      if (batch.lane.waiting.length > 0) this.#flushSoon();
    }
    batch.unanswered -= 1;
    if (batch.unanswered === 0) this.#inFlight.answered(batch);
  }

  /** Has missed changes fetched, and the writer reply to what is still pending then. */
  async #askFor(late: Batch): Promise<void> {
    const pending = late.items.flatMap(({ ref }) => this.#pending.get(ref) ?? []);
    // Each is sent a second time at most, however long the writer takes.
    const expected = pending.filter(({ submission }) => 'answeredBy' in submission);
    const rooms = new Map(expected.map(({ submission }) => [submission.roomId, submission]));
    const checks = [...rooms.values()].map((one) => this.#options.changes?.check(one));
    await atMost(maxCheckMs, Promise.allSettled(checks));
    for (const one of expected) {
      if (one.batch !== late) continue; // Settled, or sent again after a recovery of the broker.
      const { answeredBy: _, ...submission } = one.submission as SubmissionOf<'send'>;
      one.submission = submission;
      this.#leaveBatch(one);
      this.#enqueue(submission);
    }
  }

  #submitAgain(): void {
    // `#pending` includes waiting submissions; new lanes keep them in order with the rest.
    this.#lanes = new Map();
    this.#inFlight.clear();
    for (const pending of this.#pending.values()) {
      delete pending.batch;
      this.#enqueue(pending.submission);
    }
  }

  #expire(): void {
    const now = this.#options.clock();
    // Refs and deadlines grow together, so the scan ends at the first pending deadline.
    for (const [ref, pending] of this.#pending) {
      if (pending.deadline > now) break;
      this.#settle(ref)?.reject(new AppError('timeout'));
    }
  }
}
