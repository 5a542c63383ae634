import type { Change, Head, QuietHead } from '@parley/contracts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { GapContext } from './gap-filler.ts';
import { RoomSequencer } from './room-sequencer.ts';

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
  readonly #context: GapContext;
  readonly #rooms: SubscriptionTable;
  readonly #deliver: (key: string, change: Change) => void;
  readonly #sequencers = new Map<string, Map<string, RoomSequencer>>();

  /** Closes the sequencers of a key with its last subscriber. */
  constructor(context: GapContext, rooms: SubscriptionTable, deliver: (key: string, change: Change) => void) {
    this.#context = context;
    this.#rooms = rooms;
    this.#deliver = deliver;
    rooms.onUnsubscribed((key) => this.#close(key));
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
   * The writer's or the messages service's head of a room. A room without a sequencer starts at
   * `from`.
   */
  expect(key: string, { roomId, from, seq }: Head): void {
    const sequencer =
      this.#sequencer(key, roomId) ?? (from <= seq ? this.#beginBefore(key, roomId, from) : undefined);
    sequencer?.expect(seq, from);
  }

  /**
   * The head of a room that has fallen quiet. Without a sequencer, subscribers from before its
   * changes have missed them all; others have missed none.
   */
  expectQuiet({ key, head, ageMs }: QuietHead): void {
    const wasSubscribed = this.#rooms.subscribedForMs(key) > ageMs;
    this.expect(key, wasSubscribed ? head : { ...head, from: head.seq + 1 });
  }

  /** Whether every later change of the room that arrives for one of the keys is delivered. */
  follows(keys: readonly string[], roomId: string): boolean {
    return keys.some((key) => this.#sequencer(key, roomId)?.isOpen);
  }

  /** Resolves when missed changes of the room have been fetched. */
  async check(keys: readonly string[], roomId: string): Promise<void> {
    await Promise.all(keys.map((key) => this.#sequencer(key, roomId)?.check()));
  }

  /** The rooms with a sequencer, with their keys. */
  *rooms(): Iterable<[key: string, roomId: string]> {
    for (const [key, sequencers] of this.#sequencers)
      for (const roomId of sequencers.keys()) yield [key, roomId];
  }

  close(): void {
    for (const key of [...this.#sequencers.keys()]) this.#close(key);
  }

  #close(key: string): void {
    for (const sequencer of this.#sequencers.get(key)?.values() ?? []) sequencer.close();
    this.#sequencers.delete(key);
  }

  #sequencer(key: string, roomId: string): RoomSequencer | undefined {
    return this.#sequencers.get(key)?.get(roomId);
  }

  /** Direct rooms start at the first change received. */
  #beginBefore(key: string, roomId: string, seq: number): RoomSequencer | undefined {
    if (this.#rooms.at(key).size === 0) return undefined;
    const sequencer = this.#begin(key, roomId);
    sequencer.openBefore(seq);
    return sequencer;
  }

  #begin(key: string, roomId: string): RoomSequencer {
    const sequencer = new RoomSequencer(this.#context, roomId, (change) => this.#deliver(key, change));
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
