import { ParleyError, type PendingMessage, type Session } from '@parley/client';
import type { Live } from './live.ts';
import type { RoomsStore } from './rooms-store.ts';

/** The actions of a user on the messages of a room. Every method throws a ParleyError. */
export class MessageActions {
  readonly #live: () => Live | null;
  readonly #roomId: string;
  readonly #rooms: RoomsStore;

  constructor(live: () => Live | null, roomId: string, rooms: RoomsStore) {
    this.#live = live;
    this.#roomId = roomId;
    this.#rooms = rooms;
  }

  post(content: string, options: { replyTo?: string }): PendingMessage {
    return this.#session().post(this.#roomId, content, options);
  }

  readonly retry = (clientId: string): void => this.#session().retry(clientId);

  readonly discard = (clientId: string): void => this.#session().discard(clientId);

  readonly edit = async (messageId: string, content: string): Promise<void> =>
    this.#session().edit(this.#roomId, messageId, content);

  readonly remove = async (messageId: string): Promise<void> =>
    this.#session().delete(this.#roomId, messageId);

  /** @param on whether the reaction should exist afterwards */
  readonly react = async (messageId: string, reaction: string, on = true): Promise<void> =>
    this.#session().react(this.#roomId, messageId, reaction, on);

  /** @param seq the number of the message, if known */
  async markRead(messageId: string | undefined, seq: number | undefined): Promise<void> {
    await this.#session().markRead(this.#roomId, messageId);
    if (messageId === undefined || seq !== undefined) this.#rooms.markedRead(this.#roomId, seq);
  }

  #session(): Session {
    const live = this.#live();
    if (!live) throw new ParleyError('not_logged_in', 'Nobody is logged in. Log in first.');
    return live.session;
  }
}
