import type { Message, MessageStatus } from '@parley/contracts';
import type { Database } from '@parley/database';
import { statusOf } from '../domain/message-status.ts';
import type { ReadStore } from '../stores/read-store.ts';

export interface MessageWithStatus {
  message: Message;
  status: MessageStatus;
}

/** Adds the delivery status to messages. The caller must have checked the reader's access. */
export class AddStatus {
  readonly #db: Database;
  readonly #reads: ReadStore;

  constructor(deps: { db: Database; reads: ReadStore }) {
    this.#db = deps.db;
    this.#reads = deps.reads;
  }

  async of(messages: readonly Message[]): Promise<MessageWithStatus[]> {
    if (messages.length === 0) return [];
    const recipients = await this.#reads.furthestBehind(this.#db, [
      ...new Set(messages.map(({ roomId }) => roomId)),
    ]);
    return messages.map((message) => ({
      message,
      status: statusOf(message, recipients.get(message.roomId) ?? []),
    }));
  }
}
