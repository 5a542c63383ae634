import { setTimeout as delay } from 'node:timers/promises';
import type { CallInput, CallOutput, calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import { isUserKey, roomIdOf } from '../subscriptions/keys.ts';
import type { Sequencer } from './sequencer.ts';

type GetHeads = typeof calls.getHeads;

export interface HeadCheckOptions {
  /** See `calls.getHeads`. */
  getHeads: (question: CallInput<GetHeads>) => Promise<CallOutput<GetHeads>>;
  sequencer: Sequencer;
  /** Every key that is heard here. */
  keys: () => readonly string[];
  everyMs: number;
  logger: Logger;
}

const roomsPerQuestion = 500;
const pauseMs = 500;

/**
 * Asks now and then how far the rooms heard here have come, and has what is missing fetched: a room whose last change was lost on the road, and which is quiet
 * since, is caught up even so. One question for up to 500 rooms; each gateway begins its rounds at a time of its own.
 *
 * Of a room that is heard but has had no change here yet, a first round only notes where it is: what it has then may still be on its way.
 */
export class HeadCheck {
  readonly #options: HeadCheckOptions;
  readonly #stopping = new AbortController();
  #before = new Map<string, number>();
  #round: Promise<void> | undefined;

  constructor(options: HeadCheckOptions) {
    this.#options = options;
  }

  /** Never rejects; resolves when it is stopped. */
  async run(): Promise<void> {
    await this.#wait(Math.random() * this.#options.everyMs);
    while (!this.#stopping.signal.aborted) {
      await this.check();
      await this.#wait(this.#options.everyMs);
    }
  }

  /** One round, now, after the one that may be under way. Never rejects: asks until it is answered. */
  check(): Promise<void> {
    const round = (this.#round ?? Promise.resolve()).then(() => this.#checkAll());
    this.#round = round;
    return round;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #checkAll(): Promise<void> {
    const { sequencer } = this.#options;
    const keys = this.#keysByRoom();
    const roomIds = [...keys.keys()];
    const heads = new Map<string, number>();
    for (let start = 0; start < roomIds.length; start += roomsPerQuestion) {
      for (const { roomId, seq } of await this.#ask(roomIds.slice(start, start + roomsPerQuestion))) {
        const from = (this.#before.get(roomId) ?? seq) + 1;
        for (const key of keys.get(roomId) ?? []) sequencer.expect(key, { roomId, from, seq });
        heads.set(roomId, seq);
      }
    }
    this.#before = heads;
  }

  /** Direct rooms are known once they have had a change here. */
  #keysByRoom(): Map<string, Set<string>> {
    const keys = new Map<string, Set<string>>();
    const add = (key: string, roomId: string) => keys.set(roomId, (keys.get(roomId) ?? new Set()).add(key));
    for (const key of this.#options.keys()) if (!isUserKey(key)) add(key, roomIdOf(key));
    for (const [key, roomId] of this.#options.sequencer.rooms()) add(key, roomId);
    return keys;
  }

  async #ask(roomIds: string[]): Promise<CallOutput<GetHeads>['heads']> {
    while (!this.#stopping.signal.aborted) {
      try {
        return (await this.#options.getHeads({ roomIds })).heads;
      } catch (error) {
        this.#options.logger.warn({ err: error }, 'how far rooms have come cannot be asked yet');
        await this.#wait(pauseMs);
      }
    }
    return [];
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }
}
