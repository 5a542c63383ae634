import type { HistoryPage, Message, ParleyClient } from '@parley/client';

/** A consecutive part of the history. */
export interface Range {
  messages: Message[];
  hasBefore: boolean;
  hasAfter: boolean;
}

/** Loads parts of a room's history. All methods throw a ParleyError. */
export class MessageLoader {
  readonly #client: ParleyClient;
  readonly #roomId: string;

  constructor(client: ParleyClient, roomId: string) {
    this.#client = client;
    this.#roomId = roomId;
  }

  async latest(limit: number): Promise<Range> {
    const page = await this.#page({ limit });
    return { messages: page.messages, hasBefore: page.pagination.hasMore, hasAfter: false };
  }

  async before(seq: number, limit: number): Promise<Pick<Range, 'messages' | 'hasBefore'>> {
    const { messages, pagination } = await this.#page({ limit, before_seq: Math.max(seq, 1) });
    return { messages, hasBefore: pagination.hasMore };
  }

  async after(seq: number, limit: number): Promise<Pick<Range, 'messages' | 'hasAfter'>> {
    const { messages, pagination } = await this.#page({ limit, after_seq: Math.max(seq, 0) });
    return { messages, hasAfter: pagination.hasMore };
  }

  /** Messages on both sides of `seq`, and the one with that number. */
  async around(seq: number, limit: number): Promise<Range> {
    const half = Math.max(Math.floor(limit / 2), 1);
    const [before, after] = await Promise.all([
      this.before(seq, half),
      this.after(seq - 1, limit - half || 1),
    ]);
    return { ...before, ...after, messages: [...before.messages, ...after.messages] };
  }

  /** The user's read position if they have unread messages in the room, otherwise undefined. */
  async readSeq(): Promise<number | undefined> {
    const { rooms } = await this.#client.api.getUnread();
    return rooms.find(({ roomId }) => roomId === this.#roomId)?.readSeq;
  }

  #page(query: { limit: number; before_seq?: number; after_seq?: number }): Promise<HistoryPage> {
    return this.#client.history(this.#roomId, query);
  }
}
