/**
 * A map from keys to several values. Most keys have one value, so a set is created only for the
 * second.
 */
export class Groups<K, V extends object | string> {
  readonly #groups = new Map<K, V | Set<V>>();

  add(key: K, value: V): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, value);
    else if (group instanceof Set) group.add(value);
    else if (group !== value) this.#groups.set(key, new Set([group, value]));
  }

  remove(key: K, value: V): void {
    const group = this.#groups.get(key);
    if (group instanceof Set) {
      group.delete(value);
      if (group.size === 0) this.#groups.delete(key);
    } else if (group === value) this.#groups.delete(key);
  }

  of(key: K): readonly V[] {
    const group = this.#groups.get(key);
    if (group === undefined) return [];
    return group instanceof Set ? [...group] : [group];
  }
}
