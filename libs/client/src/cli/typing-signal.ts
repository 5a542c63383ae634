/** Repeats the signal while the user types, because it expires at the receivers. */
const repeatMs = 3_000;
/** Typing ends after this time without a key. */
const idleMs = 4_000;

/** Converts key presses to "is typing" and "stopped typing". */
export class TypingSignal {
  readonly #send: (isTyping: boolean) => void;
  #sentAt = Number.NEGATIVE_INFINITY;
  #idle: NodeJS.Timeout | undefined;

  constructor(send: (isTyping: boolean) => void) {
    this.#send = send;
  }

  key(now: number): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), idleMs).unref();
    if (now - this.#sentAt < repeatMs) return;
    this.#sentAt = now;
    this.#send(true);
  }

  stop(): void {
    clearTimeout(this.#idle);
    if (this.#sentAt === Number.NEGATIVE_INFINITY) return;
    this.#sentAt = Number.NEGATIVE_INFINITY;
    this.#send(false);
  }
}
