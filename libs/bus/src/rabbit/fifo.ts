/** A queue with constant-time `shift`; an array's own `shift` moves all remaining items. */
export class Fifo<T> {
  #items: T[] = [];
  #taken = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#taken];
    this.#taken += 1;
    if (this.#taken >= this.#items.length || this.#taken > 10_000) {
      this.#items.splice(0, this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  /** Puts items before all others. */
  putBack(items: readonly T[]): void {
    this.#items = [...items, ...this.#items.slice(this.#taken)];
    this.#taken = 0;
  }
}
