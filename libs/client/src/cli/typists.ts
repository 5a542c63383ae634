/** A user without further typing signals has stopped. */
const fadeMs = 6_000;

/** The users who are typing now. */
export class Typists {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  set(username: string, isTyping: boolean): void {
    clearTimeout(this.#timers.get(username));
    if (isTyping) this.#timers.set(username, setTimeout(() => this.set(username, false), fadeMs).unref());
    else if (!this.#timers.delete(username)) return;
    this.#changed();
  }

  /** `ada is typing …`, `ada and bob are typing …`; empty when no user is. */
  toString(): string {
    const names = [...this.#timers.keys()];
    if (names.length === 0) return '';
    if (names.length > 3) return 'several people are typing …';
    return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} typing …`;
  }
}
