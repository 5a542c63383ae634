import { LRUCache } from 'lru-cache';

/** Messages whose sending connection is answered otherwise, and does not get them as everybody else does: message → connection. */
export class SenderExclusions {
  readonly #senders = new LRUCache<string, string>({ max: 20_000, ttl: 60_000 });

  /** Before the message is submitted. */
  exclude(messageId: string, connectionId: string): void {
    this.#senders.set(messageId, connectionId);
  }

  senderOf(messageId: string): string | undefined {
    return this.#senders.size === 0 ? undefined : this.#senders.get(messageId);
  }
}
