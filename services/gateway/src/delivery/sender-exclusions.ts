import { Cache } from '@parley/runtime';

/**
 * Messages that are not delivered to the connection that sent them, because it receives another
 * reply: message → connection.
 */
export class SenderExclusions {
  readonly #senders = new Cache<string>(20_000, 60_000);

  /** Must be called before the message is submitted. */
  exclude(messageId: string, connectionId: string): void {
    this.#senders.set(messageId, connectionId);
  }

  senderOf(messageId: string): string | undefined {
    return this.#senders.size === 0 ? undefined : this.#senders.get(messageId);
  }
}
