import type { CallInput, CallOutput, Change, calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Head } from './fleet.ts';
import { Line } from './line.ts';

type GetChanges = typeof calls.getChanges;

export interface SequencerDeps {
  /** The changes of a room after a number; see `calls.getChanges`. */
  getChanges: (question: CallInput<GetChanges>) => Promise<CallOutput<GetChanges>>;
  metrics: Pick<GatewayMetrics, 'gap' | 'repaired' | 'leftOpen'>;
  logger: Logger;
}

/** Direct rooms of one user that are followed; of the one heard of longest ago the next change begins a new line. */
const maxLinesPerKey = 500;

/**
 * Puts what arrives from the fleet in the order of each room. A line per room that is heard here under its own key, and per direct room under each of its
 * people's keys.
 *
 * A room whose last change was lost on the road, and which is quiet since, is noticed at its next change, when the road reopens, or by `HeadCheck`.
 */
export class Sequencer {
  readonly #deps: SequencerDeps;
  readonly #handOn: (key: string, change: Change) => void;
  readonly #isHeard: (key: string) => boolean;
  readonly #lines = new Map<string, Map<string, Line>>();

  constructor(deps: SequencerDeps & { handOn: (key: string, change: Change) => void; isHeard: (key: string) => boolean }) {
    this.#deps = deps;
    this.#handOn = deps.handOn;
    this.#isHeard = deps.isHeard;
  }

  /**
   * Answers a number after which every change of the room is handed on. @param inUse see `Line.open`
   * @throws AppError when it cannot be learned now
   */
  open(key: string, roomId: string, inUse: boolean): Promise<number> {
    return (this.#line(key, roomId) ?? this.#begin(key, roomId)).open(inUse);
  }

  /** For a room that is new: from its first change on. Resolves when what was said before `reached` has been handed on. */
  async openAtStart(key: string, roomId: string, reached: Promise<void>): Promise<void> {
    if (this.#line(key, roomId)) return;
    const line = this.#begin(key, roomId);
    line.openBefore(1);
    await reached;
    await line.check();
  }

  /** Changes of one room that arrived for a key. */
  accept(key: string, [first, ...others]: readonly [Change, ...Change[]]): void {
    const line = this.#line(key, first.roomId) ?? ('seq' in first ? this.#beginBefore(key, first.roomId, first.seq) : undefined);
    for (const change of [first, ...others]) {
      if ('seq' in change) line?.accept(change);
      else this.#handOn(key, change);
    }
  }

  /** What is known elsewhere of a room. One that is not followed yet begins with what was missed. */
  expect(key: string, { roomId, from, seq }: Head): void {
    const line = this.#line(key, roomId) ?? (from <= seq ? this.#beginBefore(key, roomId, from) : undefined);
    line?.expect(seq);
  }

  /** The rooms that are followed for each key. */
  *rooms(): Iterable<[key: string, roomId: string]> {
    for (const [key, lines] of this.#lines) for (const roomId of lines.keys()) yield [key, roomId];
  }

  /** Nobody hears that key any more. */
  close(key: string): void {
    for (const line of this.#lines.get(key)?.values() ?? []) line.close();
    this.#lines.delete(key);
  }

  closeAll(): void {
    for (const key of [...this.#lines.keys()]) this.close(key);
  }

  #line(key: string, roomId: string): Line | undefined {
    return this.#lines.get(key)?.get(roomId);
  }

  /** Nobody asks to hear a direct room, or one that is heard with all others: it begins with the first change that it is heard of. */
  #beginBefore(key: string, roomId: string, seq: number): Line | undefined {
    if (!this.#isHeard(key)) return undefined;
    const line = this.#begin(key, roomId);
    line.openBefore(seq);
    return line;
  }

  #begin(key: string, roomId: string): Line {
    const line = new Line(roomId, this.#deps, (change) => this.#handOn(key, change));
    const lines = this.#lines.get(key) ?? new Map<string, Line>();
    this.#lines.set(key, lines.set(roomId, line));
    const [oldest] = lines;
    if (lines.size > maxLinesPerKey && oldest) {
      lines.delete(oldest[0]);
      oldest[1].close();
    }
    return line;
  }
}
