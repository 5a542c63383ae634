interface Waiting<Answer> {
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Asks about many keys at once: while as many questions as allowed are in flight, further keys
 * gather for the next. A lone key is asked about at once. No answer is older than its question.
 */
export class Gatherer<Key, Answer> {
  readonly #ask: (keys: Key[]) => Promise<ReadonlyMap<Key, Answer>>;
  readonly #maxKeys: number;
  readonly #maxInFlight: number;
  readonly #waiting = new Map<Key, Waiting<Answer>[]>();
  #inFlight = 0;

  /** @param ask answers each of the keys, at most `maxKeys` */
  constructor(
    ask: (keys: Key[]) => Promise<ReadonlyMap<Key, Answer>>,
    { maxKeys, maxInFlight }: { maxKeys: number; maxInFlight: number },
  ) {
    this.#ask = ask;
    this.#maxKeys = maxKeys;
    this.#maxInFlight = maxInFlight;
  }

  /** @throws as the question that includes the key */
  get(key: Key): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(key);
      if (waiting) waiting.push({ resolve, reject });
      else this.#waiting.set(key, [{ resolve, reject }]);
      if (this.#inFlight < this.#maxInFlight) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#inFlight += 1;
    // Callers of the same turn go together.
    await Promise.resolve();
    while (this.#waiting.size > 0) await this.#askNext();
    this.#inFlight -= 1;
  }

  async #askNext(): Promise<void> {
    const asked = [...this.#waiting].slice(0, this.#maxKeys);
    for (const [key] of asked) this.#waiting.delete(key);
    try {
      const answers = await this.#ask(asked.map(([key]) => key));
      for (const [key, waiting] of asked) {
        const answer = answers.get(key);
        for (const { resolve, reject } of waiting) {
          if (answer === undefined) reject(new Error('a key was not answered'));
          else resolve(answer);
        }
      }
    } catch (error) {
      for (const [, waiting] of asked) for (const { reject } of waiting) reject(error);
    }
  }
}
