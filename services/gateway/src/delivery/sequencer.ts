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

/** Direct rooms of one user that are followed; of the one heard of longest ago the next change begins a new line. */
const maxSequencersPerKey = 500;

/**
 * Puts what arrives from the fleet in the order of each room. A line per room that is heard here under its own key, and per direct room under each of its
 * people's keys.
 *
 * A room whose last change was lost on the road, and which is quiet since, is noticed at its next change, when the road reopens, or by `HeadCheck`.
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
   * Answers a number after which every change of the room is handed on. @param inUse see `Line.open`
   * @throws AppError when it cannot be learned now
   */
  open(key: string, roomId: string, inUse: boolean): Promise<number> {
    return (this.#sequencer(key, roomId) ?? this.#begin(key, roomId)).open(inUse);
  }

  /** For a room that is new: from its first change on. Resolves when what was said before `reached` has been handed on. */
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

  /** What is known elsewhere of a room. One that is not followed yet begins with what was missed. */
  expect(key: string, { roomId, from, seq }: Head): void {
    const sequencer =
      this.#sequencer(key, roomId) ?? (from <= seq ? this.#beginBefore(key, roomId, from) : undefined);
    sequencer?.expect(seq);
  }

  /** The rooms that are followed for each key. */
  *rooms(): Iterable<[key: string, roomId: string]> {
    for (const [key, sequencers] of this.#sequencers)
      for (const roomId of sequencers.keys()) yield [key, roomId];
  }

  /** Nobody hears that key any more. */
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

  /** Nobody asks to hear a direct room, or one that is heard with all others: it begins with the first change that it is heard of. */
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
