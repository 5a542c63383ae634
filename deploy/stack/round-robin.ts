/** Gives each of several lists its turns: every call begins one further. */
export class RoundRobin<Key> {
  readonly #turns = new Map<Key, number>();

  /** All items, beginning with the one whose turn it is. */
  order<Item>(key: Key, items: readonly Item[]): Item[] {
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    const first = items.length === 0 ? 0 : turn % items.length;
    return [...items.slice(first), ...items.slice(0, first)];
  }
}
