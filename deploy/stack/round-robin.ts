/** Round-robin order per key: each call starts one item further. */
export class RoundRobin<Key> {
  readonly #turns = new Map<Key, number>();

  /** All items, starting with the next in turn. */
  order<Item>(key: Key, items: readonly Item[]): Item[] {
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    const first = items.length === 0 ? 0 : turn % items.length;
    return [...items.slice(first), ...items.slice(0, first)];
  }
}
