import type { CallInput, CallOutput, Change, calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { Head } from '../backplane/backplane.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { RoomSequencer } from './room-sequencer.ts';

type GetChanges = typeof calls.getChanges;

export interface SequencerDeps {
  /** The changes of a room after a number; see `calls.getChanges`. */
  getChanges: (question: CallInput<GetChanges>) => Promise<CallOutput<GetChanges>>;
  metrics: Pick<GatewayMetrics, 'gap' | 'repaired' | 'leftOpen'>;
  logger: Logger;
}

/**
 * Limits the sequencers per key. The oldest is closed, and the room's next change starts a new one.
 */
const maxSequencersPerKey = 500;

/**
 * Puts incoming changes in the order of each room. There is one room sequencer per room key, and
 * one per direct room under the key of each of its two people.
 *
 * When the last change of a quiet room is lost by the backplane, the loss is detected at the room's
 * next change, when the backplane recovers, or by `HeadCheck`.
 */
export class Sequencer {
  readonly #deps: SequencerDeps;
  readonly #deliver: (key: string, change: Change) => void;
  readonly #isSubscribed: (key: string) => boolean;
  readonly #sequencers = new Map<string, Map<string, RoomSequencer>>();

  constructor(
    deps: SequencerDeps & {
      deliver: (key: string, change: Change) => void;
      isSubscribed: (key: string) => boolean;
    },
  ) {
    this.#deps = deps;
    this.#deliver = deps.deliver;
    this.#isSubscribed = deps.isSubscribed;
  }

  /**
   * Answers a number after which every change of the room will be delivered.
   * @param inUse see `RoomSequencer.open`
   * @throws AppError when the head cannot be asked for now
   */
  open(key: string, roomId: string, inUse: boolean): Promise<number> {
    return (this.#sequencer(key, roomId) ?? this.#begin(key, roomId)).open(inUse);
  }

  /**
   * Starts a new room at its first change. Resolves when the changes published before `reached`
   * resolved have been delivered.
   */
  async openAtStart(key: string, roomId: string, reached: Promise<void>): Promise<void> {
    if (this.#sequencer(key, roomId)) return;
    const sequencer = this.#begin(key, roomId);
    sequencer.openBefore(1);
    await reached;
    await sequencer.check();
  }

  /** Changes of one room that arrived for a key. */
  accept(key: string, [first, ...others]: readonly [Change, ...Change[]]): void {
    const sequencer =
      this.#sequencer(key, first.roomId) ??
      ('seq' in first ? this.#beginBefore(key, first.roomId, first.seq) : undefined);
    for (const change of [first, ...others]) {
      if ('seq' in change) sequencer?.accept(change);
      else this.#deliver(key, change);
    }
  }

  /**
   * Another gateway's or the messages service's head of a room. A room without a sequencer starts
   * at `from`.
   */
  expect(key: string, { roomId, from, seq }: Head): void {
    const sequencer =
      this.#sequencer(key, roomId) ?? (from <= seq ? this.#beginBefore(key, roomId, from) : undefined);
    sequencer?.expect(seq);
  }

  /** The rooms with a sequencer, with their keys. */
  *rooms(): Iterable<[key: string, roomId: string]> {
    for (const [key, sequencers] of this.#sequencers)
      for (const roomId of sequencers.keys()) yield [key, roomId];
  }

  /** The last subscriber of the key is gone. */
  close(key: string): void {
    for (const sequencer of this.#sequencers.get(key)?.values() ?? []) sequencer.close();
    this.#sequencers.delete(key);
  }

  closeAll(): void {
    for (const key of [...this.#sequencers.keys()]) this.close(key);
  }

  #sequencer(key: string, roomId: string): RoomSequencer | undefined {
    return this.#sequencers.get(key)?.get(roomId);
  }

  /**
   * Direct rooms, and rooms that a connection follows without joining, start at the first change
   * received.
   */
  #beginBefore(key: string, roomId: string, seq: number): RoomSequencer | undefined {
    if (!this.#isSubscribed(key)) return undefined;
    const sequencer = this.#begin(key, roomId);
    sequencer.openBefore(seq);
    return sequencer;
  }

  #begin(key: string, roomId: string): RoomSequencer {
    const sequencer = new RoomSequencer(roomId, this.#deps, (change) => this.#deliver(key, change));
    const sequencers = this.#sequencers.get(key) ?? new Map<string, RoomSequencer>();
    this.#sequencers.set(key, sequencers.set(roomId, sequencer));
    const [oldest] = sequencers;
    if (sequencers.size > maxSequencersPerKey && oldest) {
      sequencers.delete(oldest[0]);
      oldest[1].close();
    }
    return sequencer;
  }
}
