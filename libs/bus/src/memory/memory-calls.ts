import { AppError } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { answerCall, readAnswer } from '../answers.ts';
import type { CallHandler, CallOptions } from '../bus.ts';
import { read, write } from '../wire.ts';

/** Answers a serialized question with a serialized answer. */
type Server = (question: string, trace: string | undefined) => Promise<string>;

/** Calls within the process. It serializes questions and answers, as a broker would. */
export class MemoryCalls {
  readonly #logger: Logger;
  readonly #servers = new Map<string, Server[]>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns a function that stops serving; it resolves when all accepted calls are answered */
  serve(method: string, handler: CallHandler): () => Promise<void> {
    const inFlight = new Set<Promise<string>>();
    const server: Server = (question, trace) => {
      const answer = answerCall(method, () => handler(read(question), trace), this.#logger);
      inFlight.add(answer);
      return answer.finally(() => inFlight.delete(answer));
    };
    this.#servers.set(method, [...(this.#servers.get(method) ?? []), server]);
    return async () => {
      this.#servers.set(
        method,
        (this.#servers.get(method) ?? []).filter((other) => other !== server),
      );
      await Promise.all(inFlight);
    };
  }

  async call(method: string, data: unknown, { timeoutMs = 3_000, trace }: CallOptions): Promise<unknown> {
    const [next, ...others] = this.#servers.get(method) ?? [];
    if (!next) throw new AppError('unavailable');
    this.#servers.set(method, [...others, next]);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new AppError('timeout')), timeoutMs);
    });
    try {
      const answer = await Promise.race([next(write(data), trace), late]);
      return readAnswer(answer);
    } finally {
      clearTimeout(timer);
    }
  }
}
