import type { ServerPayload } from '@parley/contracts';
import { ParleyError } from './parley-error.ts';
import { type RetryDeps, untilDeadline } from './retry.ts';

export interface SendOptions {
  /** The idempotency key, at most 64 printable ASCII characters. @default a random UUID */
  clientId?: string;
  replyTo?: string;
  isEncrypted?: boolean;
  /** How long it is tried, from the moment it is its turn. @default 60_000 */
  deadlineMs?: number;
}

/** A message that is stored. */
export type Sent = Pick<ServerPayload<'receive_message'>, 'id' | 'roomId' | 'seq' | 'createdAt'> & {
  clientId: string;
};

/** More may not wait at once. */
export const maxWaiting = 1_000;
const defaultDeadlineMs = 60_000;

/** Messages on their way: of each room one at a time, so that they arrive in the order of the calls, whatever has to be repeated. */
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
      throw new ParleyError('limit_reached', `${maxWaiting} messages are waiting to be sent already.`);
    const clientId = options.clientId ?? this.#deps.newId();
    const payload = { roomId, content, ...options, clientId };
    this.#waiting += 1;
    const before = this.#last.get(roomId);
    const sending = this.#inTurn(before, () =>
      // Always the same key: what was stored already is answered, not stored again.
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
