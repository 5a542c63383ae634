import { AppError } from '@parley/errors';
import { type Logger, newId } from '@parley/runtime';
import { readAnswer } from '../answers.ts';
import type { CallOptions } from '../bus.ts';
import { write } from '../wire.ts';
import { RabbitReplyQueue } from './rabbit-reply-queue.ts';
import { ReplySender } from './reply-sender.ts';
import type { Names } from './topology.ts';

interface Question {
  answer: (text: string) => void;
  fail: (error: AppError) => void;
}

/**
 * Sends questions over `sender` and receives answers in `replyQueue`. They use different
 * connections; losing either fails all open calls.
 */
export class RabbitCaller {
  readonly sender: ReplySender;
  readonly replyQueue: RabbitReplyQueue;
  readonly #names: Names;
  readonly #open = new Map<string, Question>();

  constructor(options: { names: Names; logger: Logger }) {
    const { names, logger } = options;
    this.#names = names;
    this.sender = new ReplySender({
      logger,
      onReturned: (id) => this.#open.get(id)?.fail(new AppError('unavailable')),
    });
    this.replyQueue = new RabbitReplyQueue({
      address: names.replyQueue(newId()),
      handler: (text, id) => this.#open.get(id)?.answer(text),
      logger,
    });
  }

  call(method: string, data: unknown, { timeoutMs = 3_000, trace }: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const correlationId = newId();
      const timer = setTimeout(() => question.fail(new AppError('timeout')), timeoutMs);
      const end = () => {
        clearTimeout(timer);
        this.#open.delete(correlationId);
      };
      const question: Question = {
        answer: (text) => {
          end();
          try {
            resolve(readAnswer(text));
          } catch (error) {
            reject(error);
          }
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      this.#open.set(correlationId, question);
      const headers = trace === undefined ? undefined : { traceparent: trace };
      const options = {
        mandatory: true,
        correlationId,
        replyTo: this.replyQueue.address,
        expiration: timeoutMs,
        headers,
      };
      if (!this.sender.send(this.#names.rpc(method), Buffer.from(write(data)), options))
        question.fail(new AppError('unavailable'));
    });
  }

  /** A connection was lost, so the answers will not arrive. */
  failAll(): void {
    for (const question of [...this.#open.values()]) question.fail(new AppError('unavailable'));
  }
}
