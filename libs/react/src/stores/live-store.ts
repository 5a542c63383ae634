import { Lifetime } from './lifetime.ts';
import type { Live, Login } from './live.ts';
import { type Readable, Value } from './value.ts';

/**
 * Longer than React needs to unsubscribe and subscribe again: in StrictMode, or when one component
 * replaces another.
 */
const idleMs = 1_000;

/**
 * A value that is kept current by the server while a component uses it and a user is logged in.
 * Otherwise it has its initial value and makes no requests.
 */
export abstract class LiveStore<T> implements Readable<T> {
  readonly #login: Login;
  readonly #value: Value<T>;
  #uses = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: (() => void) | undefined;
  #live: Live | null = null;
  #lifetime: Lifetime | undefined;

  constructor(login: Login, initial: T) {
    this.#login = login;
    this.#value = new Value(initial);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const unsubscribe = this.#value.subscribe(listener);
    const release = this.use();
    return () => {
      unsubscribe();
      release();
    };
  };
  readonly get = (): T => this.#value.get();
  readonly getInitial = (): T => this.#value.getInitial();

  /** Keeps the store running. Returns a function that ends this use. */
  use(): () => void {
    this.#uses += 1;
    clearTimeout(this.#idle);
    this.#stopWatching ??= this.#login.subscribe(() => this.#follow(this.#login.get()));
    this.#follow(this.#login.get());
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#uses -= 1;
      if (this.#uses === 0) this.#idle = setTimeout(() => this.#end(), idleMs);
    };
  }

  /** The login that the store works for; `null` while it does not run. */
  protected get live(): Live | null {
    return this.#live;
  }

  /** Ends when the store stops; undefined while it does not run. */
  protected get lifetime(): Lifetime | undefined {
    return this.#live ? this.#lifetime : undefined;
  }

  protected set(value: T): void {
    this.#value.set(value);
  }

  protected patch(change: Partial<T>): void {
    this.set({ ...this.get(), ...change });
  }

  /**
   * Begins to keep the value current.
   * @param lifetime ends when the store stops; then nothing may be set any more
   */
  protected abstract start(live: Live, lifetime: Lifetime): void;

  #follow(live: Live | null): void {
    if (live === this.#live) return;
    this.#lifetime?.end();
    this.#live = live;
    this.set(this.getInitial());
    if (!live) return;
    this.#lifetime = new Lifetime();
    this.start(live, this.#lifetime);
  }

  #end(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#follow(null);
  }
}
