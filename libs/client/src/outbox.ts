import { ParleyError } from './parley-error.ts';
import { type RetryDeps, untilDeadline } from './retry.ts';
import type { SendOptions, Sent } from './sending.ts';

/** Maximum number of waiting messages. */
export const maxWaiting = 1_000;
const defaultDeadlineMs = 60_000;

/**
 * Sends messages, one at a time per room, so that they arrive in the order of the calls despite
 * repeats.
 */
export class Outbox {
  readonly #deps: RetryDeps & { newId: () => string };
  readonly #last = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor(deps: RetryDeps & { newId: () => string }) {
    this.#deps = deps;
  }

  get waiting(): number {
    return this.#waiting;
  }

  async send(
    roomId: string,
    content: string,
    { deadlineMs = defaultDeadlineMs, ...options }: SendOptions,
  ): Promise<Sent> {
    if (this.#waiting >= maxWaiting)
      throw new ParleyError('limit_reached', `${maxWaiting} messages are already waiting to be sent.`);
    const clientId = options.clientId ?? this.#deps.newId();
    const payload = { roomId, content, ...options, clientId };
    this.#waiting += 1;
    const before = this.#last.get(roomId);
    const sending = this.#inTurn(before, () =>
      // Keeps the key, so that the server returns a stored message instead of storing it again.
      untilDeadline(this.#deps, this.#deps.clock() + deadlineMs, (link, timeoutMs) =>
        link.request('send_message', payload, timeoutMs),
      ),
    );
    this.#last.set(roomId, sending);
    try {
      return { ...((await sending) as Sent), clientId };
    } finally {
      this.#waiting -= 1;
      if (this.#last.get(roomId) === sending) this.#last.delete(roomId);
    }
  }

  async #inTurn<T>(before: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
    await before?.catch(() => undefined);
    return work();
  }
}
