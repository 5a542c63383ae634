/** What went wrong among the deliveries. All zero: every message reached every member once, in order. */
export interface Faults {
  /** Deliveries that never came. */
  lost: number;
  /** Deliveries that came again. */
  repeated: number;
  /** Deliveries that came after a later message of the same sender. */
  disordered: number;
  /** Where a room's numbers were not consecutive as a member saw them. */
  gaps: number;
}

/**
 * Checks what each member of a room hears from each other: the first, the second, the third … message of each sender, each once; and, where
 * messages carry the room's `seq`, that these follow one another without holes.
 */
export class Ledger {
  readonly #people: number;
  /** The last message of each sender that each member heard, member by member. */
  readonly #last: Int32Array;
  readonly #lastSeq: Float64Array;
  /** What was passed over, in case it comes late. */
  readonly #missing = new Set<string>();
  /** Different deliveries so far. */
  heard = 0;
  repeated = 0;
  disordered = 0;
  gaps = 0;

  constructor(people: number) {
    this.#people = people;
    this.#last = new Int32Array(people * people);
    this.#lastSeq = new Float64Array(people);
  }

  /**
   * @param nth of the sender's messages, from 1
   * @param seq undefined where the target numbers nothing
   */
  hear(member: number, sender: number, nth: number, seq: number | undefined): void {
    const pair = member * this.#people + sender;
    const last = this.#last[pair] ?? 0;
    if (nth > last) {
      for (let passed = last + 1; passed < nth; passed++) this.#missing.add(`${pair}:${passed}`);
      this.#last[pair] = nth;
      this.heard += 1;
    } else if (this.#missing.delete(`${pair}:${nth}`)) {
      this.disordered += 1;
      this.heard += 1;
    } else {
      this.repeated += 1;
    }
    if (seq !== undefined) this.#follow(member, seq);
  }

  #follow(member: number, seq: number): void {
    const last = this.#lastSeq[member] ?? 0;
    if (last !== 0 && seq !== last + 1) this.gaps += 1;
    this.#lastSeq[member] = seq;
  }
}
