/** One store per key, created on first use. They are small while nobody uses them. */
export class StorePool<S> {
  readonly #create: (key: string) => S;
  readonly #stores = new Map<string, S>();

  constructor(create: (key: string) => S) {
    this.#create = create;
  }

  get(key: string): S {
    const store = this.#stores.get(key) ?? this.#create(key);
    this.#stores.set(key, store);
    return store;
  }
}
