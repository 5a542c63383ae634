/** Told again while it lasts, since others let it fade. */
const repeatMs = 3_000;
/** Without a key for so long nobody is typing. */
const idleMs = 4_000;

/** Turns keys into "is typing" and "is not". */
export class TypingSignal {
  readonly #tell: (isTyping: boolean) => void;
  #toldAt = Number.NEGATIVE_INFINITY;
  #idle: NodeJS.Timeout | undefined;

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell;
  }

  key(now: number): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), idleMs).unref();
    if (now - this.#toldAt < repeatMs) return;
    this.#toldAt = now;
    this.#tell(true);
  }

  stop(): void {
    clearTimeout(this.#idle);
    if (this.#toldAt === Number.NEGATIVE_INFINITY) return;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.#tell(false);
  }
}
