export type Part = 'first' | 'before' | 'after';

/** Loads parts of a timeline, one at a time. */
export class PartLoads {
  readonly #inFlight = new Map<Part, Promise<void>>();
  /** Counts the loads that replace everything: the answers of older loads are late. */
  #generation = 0;

  /** The answers of all loads in flight are late from now on. */
  supersede(): void {
    this.#generation += 1;
    this.#inFlight.clear();
  }

  /**
   * Runs `load` after the loads in flight. A second request for the same part is the same one.
   * @param load never rejects
   */
  run(part: Part, load: (isLate: () => boolean) => Promise<void>): Promise<void> {
    const same = this.#inFlight.get(part);
    if (same !== undefined) return same;
    const generation = this.#generation;
    const isLate = () => generation !== this.#generation;
    const others = [...this.#inFlight.values()];
    const loading = (async () => {
      await Promise.all(others);
      if (isLate()) return;
      await load(isLate);
      if (!isLate()) this.#inFlight.delete(part);
    })();
    this.#inFlight.set(part, loading);
    return loading;
  }
}
