import { ask } from '@parley/bus';
import { type CallOutput, calls } from '@parley/contracts';
import { pause } from '@parley/runtime/async';
import type { GatewayContext } from '../context.ts';
import type { Sequencer } from './sequencer.ts';

const roomsPerQuestion = 500;
const pauseMs = 500;

/**
 * Compares the heads of subscribed rooms with the messages service at intervals, and fetches
 * missing changes. This repairs a quiet room whose last change was lost by the backplane. One call
 * covers up to 500 rooms, and each gateway starts its rounds at a random time.
 *
 * The first round of a room without changes here only records its head, because the changes up to
 * it may still be in flight.
 */
export class HeadCheck {
  readonly #context: GatewayContext;
  readonly #sequencer: Sequencer;
  readonly #stopping = new AbortController();
  /** The heads of the rooms without changes here, as the last round found them. */
  #before = new Map<string, number>();
  #round: Promise<void> | undefined;

  constructor(context: GatewayContext, sequencer: Sequencer) {
    this.#context = context;
    this.#sequencer = sequencer;
  }

  /** Never rejects; resolves after `stop`. */
  async run(): Promise<void> {
    const everyMs = this.#context.config.HEAD_CHECK;
    await this.#wait(Math.random() * everyMs);
    while (!this.#stopping.signal.aborted) {
      await this.check();
      await this.#wait(everyMs);
    }
  }

  /**
   * Runs one round, after any round in flight. Never rejects: retries until the service answers.
   */
  check(): Promise<void> {
    const round = (this.#round ?? Promise.resolve()).then(() => this.#checkAll());
    this.#round = round;
    return round;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** A direct room is included after its first change here. */
  async #checkAll(): Promise<void> {
    const heads = new Map<string, number>();
    for (const some of groupsOf(roomsPerQuestion, this.#sequencer.rooms())) {
      const answered = await this.#ask([...new Set(some.map(([, roomId]) => roomId))]);
      const seqs = new Map(answered.map(({ roomId, seq }) => [roomId, seq]));
      for (const [key, roomId] of some) {
        const seq = seqs.get(roomId);
        if (seq === undefined) continue;
        const from = (this.#before.get(roomId) ?? seq) + 1;
        this.#sequencer.expect(key, { roomId, from, seq });
        if (!this.#sequencer.follows([key], roomId)) heads.set(roomId, seq);
      }
    }
    this.#before = heads;
  }

  async #ask(roomIds: string[]): Promise<CallOutput<typeof calls.getHeads>['heads']> {
    while (!this.#stopping.signal.aborted) {
      try {
        return (await ask(this.#context.bus, calls.getHeads, { roomIds })).heads;
      } catch (error) {
        this.#context.logger.warn({ err: error }, 'head check failed; will retry');
        await this.#wait(pauseMs);
      }
    }
    return [];
  }

  async #wait(ms: number): Promise<void> {
    await pause(ms, { signal: this.#stopping.signal, ref: false });
  }
}

/** Takes the items as they are needed: a gateway has hundreds of thousands of rooms. */
function* groupsOf<T>(size: number, items: Iterable<T>): Iterable<T[]> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
