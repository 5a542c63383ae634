/** Faults among the deliveries. All zero: every message reached every member once, in order. */
export interface Faults {
  /** Deliveries that never arrived. */
  lost: number;
  /** Deliveries that arrived again. */
  repeated: number;
  /** Deliveries that arrived after a later message of the same sender. */
  disordered: number;
  /** Places where a member saw room numbers that were not consecutive. */
  gaps: number;
}

/**
 * Checks what each member of a room receives from each other member: each sender's messages in
 * order, each once. Where messages carry the room's `seq`, checks that it has no gaps.
 */
export class Ledger {
  readonly #people: number;
  /** Number of the last message that each member received from each sender, member by member. */
  readonly #last: Int32Array;
  readonly #lastSeq: Float64Array;
  /** Skipped messages, in case they arrive late. */
  readonly #missing = new Set<string>();
  /** Distinct deliveries so far. */
  received = 0;
  repeated = 0;
  disordered = 0;
  gaps = 0;

  constructor(people: number) {
    this.#people = people;
    this.#last = new Int32Array(people * people);
    this.#lastSeq = new Float64Array(people);
  }

  /**
   * @param nth number among the sender's messages, from 1
   * @param seq undefined if the target does not number messages
   */
  receive(member: number, sender: number, nth: number, seq: number | undefined): void {
    const pair = member * this.#people + sender;
    const last = this.#last[pair] ?? 0;
    if (nth > last) {
      for (let passed = last + 1; passed < nth; passed++) this.#missing.add(`${pair}:${passed}`);
      this.#last[pair] = nth;
      this.received += 1;
    } else if (this.#missing.delete(`${pair}:${nth}`)) {
      this.disordered += 1;
      this.received += 1;
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
