import type { Change, Head, NumberedChange, QuietHead } from '@parley/contracts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { GapContext } from './gap-filler.ts';
import { type RestingState, RoomSequencer } from './room-sequencer.ts';
import { RoomStates } from './room-states.ts';

/**
 * Limits the rooms per key. The oldest is forgotten, and its next change starts it anew.
 */
const maxRoomsPerKey = 500;

/**
 * Puts incoming changes in the order of each room, of which there is one per room key, and one per
 * direct room under the key of each of its two people. A room without a gap costs a number; a room
 * sequencer exists while something is missing or asked.
 *
 * When the last change of a quiet room is lost by the backplane, the loss is detected at the room's
 * next change, when the backplane recovers, or by `HeadCheck`.
 */
export class Sequencer {
  readonly #context: GapContext;
  readonly #rooms: SubscriptionTable;
  readonly #deliver: (key: string, change: Change) => void;
  readonly #states = new RoomStates<RestingState | RoomSequencer>();

  /** Forgets the rooms of a key with its last subscriber. */
  constructor(context: GapContext, rooms: SubscriptionTable, deliver: (key: string, change: Change) => void) {
    this.#context = context;
    this.#rooms = rooms;
    this.#deliver = deliver;
    rooms.onUnsubscribed((key) => this.#close(key));
  }

  /**
   * Answers a number after which every change of the room will be delivered.
   * @param inUse, head see `RoomSequencer.open`
   * @throws AppError when the head cannot be asked for now
   */
  open(key: string, roomId: string, inUse: boolean, head?: () => Promise<number>): Promise<number> {
    const state = this.#states.get(key, roomId);
    if (typeof state === 'number') return Promise.resolve(state);
    return this.#awaken(key, roomId, state).open(inUse, head);
  }

  /**
   * Starts a new room at its first change. Resolves when the changes published before `reached`
   * resolved have been delivered.
   */
  async openAtStart(key: string, roomId: string, reached: Promise<void>): Promise<void> {
    if (this.#states.get(key, roomId) !== undefined) return;
    this.#set(key, roomId, 0);
    await reached;
    await this.check([key], roomId);
  }

  /** The room's last change that was delivered for the key; undefined until it has started. */
  last(key: string, roomId: string): number | undefined {
    const state = this.#states.get(key, roomId);
    if (state instanceof RoomSequencer) return state.last;
    return typeof state === 'number' ? state : undefined;
  }

  /** Changes of one room that arrived for a key. */
  accept(key: string, [first, ...others]: readonly [Change, ...Change[]]): void {
    if ('seq' in first) this.#beginBefore(key, first.roomId, first.seq);
    for (const change of [first, ...others]) {
      if ('seq' in change) this.#accept(key, change);
      else this.#deliver(key, change);
    }
  }

  /**
   * The writer's or the messages service's head of a room. A room that is not known starts at
   * `from`.
   */
  expect(key: string, { roomId, from, seq }: Head): void {
    if (from <= seq) this.#beginBefore(key, roomId, from);
    const state = this.#states.get(key, roomId);
    if (state === undefined || (typeof state === 'number' && seq <= state)) return;
    this.#awaken(key, roomId, state).expect(seq, from);
  }

  /**
   * The head of a room that has fallen quiet. If the room is not known, subscribers from before its
   * changes have missed them all; others have missed none.
   */
  expectQuiet({ key, head, ageMs }: QuietHead): void {
    const wasSubscribed = this.#rooms.subscribedForMs(key) > ageMs;
    this.expect(key, wasSubscribed ? head : { ...head, from: head.seq + 1 });
  }

  /** Whether every later change of the room that arrives for one of the keys is delivered. */
  follows(keys: readonly string[], roomId: string): boolean {
    return keys.some((key) => this.last(key, roomId) !== undefined);
  }

  /** Resolves when missed changes of the room have been fetched. */
  async check(keys: readonly string[], roomId: string): Promise<void> {
    await Promise.all(
      keys.map((key) => {
        const state = this.#states.get(key, roomId);
        return state === undefined ? undefined : this.#awaken(key, roomId, state).check();
      }),
    );
  }

  /** The known rooms, with their keys. May be used while rooms come and go. */
  rooms(): Iterable<[key: string, roomId: string]> {
    return this.#states.rooms();
  }

  close(): void {
    for (const key of this.#states.keys()) this.#close(key);
  }

  #close(key: string): void {
    for (const state of this.#states.take(key)) if (state instanceof RoomSequencer) state.close();
  }

  #accept(key: string, change: NumberedChange): void {
    const { roomId, seq } = change;
    const state = this.#states.get(key, roomId);
    if (state === undefined || (typeof state === 'number' && seq <= state)) return;
    if (typeof state !== 'number' || seq !== state + 1) {
      this.#awaken(key, roomId, state).accept(change);
      return;
    }
    this.#states.set(key, roomId, seq);
    this.#deliverNext(key, change);
  }

  /** A change that cannot be delivered must not cost the room those after it. */
  #deliverNext(key: string, change: NumberedChange): void {
    try {
      this.#deliver(key, change);
    } catch (error) {
      const { roomId, seq } = change;
      this.#context.logger.error({ err: error, roomId, seq }, 'change not delivered; skipped');
    }
  }

  /** A room that is not known, such as a direct one, starts at the first change received. */
  #beginBefore(key: string, roomId: string, seq: number): void {
    const isKnown = this.#states.get(key, roomId) !== undefined;
    if (!isKnown && this.#rooms.hasSubscribers(key)) this.#set(key, roomId, seq - 1);
  }

  #awaken(key: string, roomId: string, state: RestingState | RoomSequencer | undefined): RoomSequencer {
    if (state instanceof RoomSequencer) return state;
    const sequencer = new RoomSequencer(this.#context, roomId, (change) => this.#deliverNext(key, change), {
      from: state,
      onRest: (rest) => {
        if (this.#states.get(key, roomId) === sequencer) this.#states.set(key, roomId, rest);
      },
    });
    this.#set(key, roomId, sequencer);
    return sequencer;
  }

  #set(key: string, roomId: string, state: RestingState | RoomSequencer): void {
    this.#states.set(key, roomId, state);
    const forgotten = this.#states.takeBeyond(maxRoomsPerKey, key);
    if (forgotten instanceof RoomSequencer) forgotten.close();
  }
}
