/** A value that React can subscribe to. It keeps its identity until it changes. */
export interface Readable<T> {
  subscribe(listener: () => void): () => void;
  get(): T;
  /** The value before anything is known, which a server renders. */
  getInitial(): T;
}

/** A value that its owner sets. */
export class Value<T> implements Readable<T> {
  readonly #initial: T;
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(initial: T) {
    this.#initial = initial;
    this.#value = initial;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
  readonly get = (): T => this.#value;
  readonly getInitial = (): T => this.#initial;

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}
