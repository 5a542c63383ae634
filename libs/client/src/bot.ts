import { pause } from '@parley/runtime/async';
import { backOffMs } from './back-off.ts';
import { BotRoom } from './bot-room.ts';
import { createClient, type ParleyClient } from './client.ts';
import type { Message } from './contract.ts';
import { Emitter } from './emitter.ts';
import type { StopReason } from './events.ts';
import { ParleyError } from './parley-error.ts';
import type { Sent } from './sending.ts';
import type { Session } from './session.ts';

export interface BotOptions {
  /** See `ClientOptions.url`. */
  url: string;
  /** The bot's key. */
  key: string;
  /** The rooms to follow. @default all rooms of the bot, also those that it is added to later */
  rooms?: readonly string[];
  /**
   * Also handle messages of other bots. Two bots that answer each other must find an end.
   * @default false
   */
  handleBots?: boolean;
}

/**
 * Handles a message. Once it has resolved, the message counts as handled, and the next of the room
 * follows. If it rejects with a retryable ParleyError, it is called again after a pause; any other
 * error is emitted as `error`, and the message counts as handled.
 */
export type MessageHandler = (message: Message) => unknown;

interface BotEvents {
  error: { error: unknown; message: Message | null };
  stopped: { reason: StopReason };
}

/** @throws ParleyError `invalid_url` */
export const createBot = (options: BotOptions): Bot => new Bot(options);

/**
 * A program that answers messages. It handles every message of people in its rooms, in order, also
 * those that were sent while it was away: its read positions at the server say where it stopped. A
 * message may be handled again after a crash, but each reply is posted once.
 */
export class Bot {
  /** REST calls as the bot. */
  readonly client: ParleyClient;
  /** The live side, for everything else: typing, reactions, other events. */
  readonly session: Session;
  readonly #emitter = new Emitter<BotEvents>();
  readonly #handlers = new Set<MessageHandler>();
  readonly #rooms = new Map<string, BotRoom>();
  readonly #stopping = new AbortController();
  readonly #handleBots: boolean;

  constructor({ url, key, rooms, handleBots = false }: BotOptions) {
    this.#handleBots = handleBots;
    this.client = createClient({ url, key });
    this.session = this.client.connect();
    this.session.on('message', (message) => this.#rooms.get(message.roomId)?.receive(message));
    this.session.on('removed', ({ roomId }) => this.#forget(roomId));
    this.session.on('connection', (event) => {
      if (event.state !== 'stopped') return;
      this.#stopping.abort();
      this.#emitter.emit('stopped', { reason: event.reason });
    });
    if (!rooms) this.session.on('added', ({ roomId }) => void this.#follow([roomId]));
    void this.#follow(rooms);
  }

  /** Returns a function that removes the listener. */
  on(name: 'message', listener: MessageHandler): () => void;
  on<E extends keyof BotEvents>(name: E, listener: (event: BotEvents[E]) => void): () => void;
  on(name: 'message' | keyof BotEvents, listener: never): () => void {
    if (name !== 'message') return this.#emitter.on(name, listener);
    this.#handlers.add(listener);
    return () => {
      this.#handlers.delete(listener);
    };
  }

  /**
   * Replies to a message. However often it is called for the message, also after a restart, one
   * reply is posted: the first.
   * @param options.part tells several replies to one message apart. @default 0
   * @returns undefined if another text was posted before
   * @throws ParleyError as `Session.send`
   */
  async reply(
    { id, roomId, threadRootSeq }: Pick<Message, 'id' | 'roomId' | 'threadRootSeq'>,
    content: string,
    { part = 0 }: { part?: number } = {},
  ): Promise<Sent | undefined> {
    const clientId = part === 0 ? id : `${id}:${part}`;
    try {
      return await this.session.send(roomId, content, {
        ...{ clientId, replyTo: id },
        ...(threadRootSeq !== undefined && { threadRoot: id }),
      });
    } catch (error) {
      if (ParleyError.from(error).code === 'conflict') return undefined;
      throw error;
    }
  }

  /** Stops for good, after the messages that it is handling, and records how far it has come. */
  async stop(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map((room) => room.stop()));
    this.session.close();
  }

  /** Starts with these rooms, or all. Repeats until that succeeds. */
  async #follow(wanted?: readonly string[]): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const starts = await this.#starts(wanted);
        for (const [roomId, seq] of starts) this.#start(roomId, seq);
        // The writer of messages learns about a new membership a moment later.
        if (wanted === undefined || wanted.every((roomId) => starts.has(roomId))) return;
      } catch (error) {
        if (!ParleyError.from(error).retryable) return this.#emitter.emit('error', { error, message: null });
      }
      await pause(backOffMs(failures, Math.random), { signal });
    }
  }

  /** Where each room continues: at the bot's read position, or else at its end. */
  async #starts(wanted?: readonly string[]): Promise<Map<string, number>> {
    const starts = new Map<string, number>();
    // The ends first: a message that arrives in between is unread.
    for (let after: string | null = ''; after !== null; ) {
      const { gained, gainedAfter } = await this.client.sync([], { gained: after ? { after } : {} });
      for (const { roomId, seq } of gained) starts.set(roomId, seq);
      after = gainedAfter;
    }
    for (const { roomId, readSeq } of (await this.client.api.getUnread()).rooms)
      if (starts.has(roomId)) starts.set(roomId, readSeq);
    return wanted ? new Map([...starts].filter(([roomId]) => wanted.includes(roomId))) : starts;
  }

  #start(roomId: string, seq: number): void {
    if (this.#rooms.has(roomId)) return;
    const room = new BotRoom({
      roomId,
      after: seq,
      session: this.session,
      client: this.client,
      handle: async (message) => {
        if (this.#handleBots || !message.isBot) await this.#handle(message);
      },
      signal: this.#stopping.signal,
    });
    this.#rooms.set(roomId, room);
    room.run().catch((error: unknown) => {
      if (this.#rooms.get(roomId) === room) this.#rooms.delete(roomId);
      if (!this.#stopping.signal.aborted) this.#emitter.emit('error', { error, message: null });
    });
  }

  #forget(roomId: string): void {
    void this.#rooms.get(roomId)?.stop();
    this.#rooms.delete(roomId);
  }

  async #handle(message: Message): Promise<void> {
    const { signal } = this.#stopping;
    for (const handler of this.#handlers) {
      for (let failures = 0; !signal.aborted; failures++) {
        try {
          await handler(message);
          break;
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof ParleyError && error.retryable)) {
            this.#emitter.emit('error', { error, message });
            break;
          }
          await pause(Math.max(error.retryAfterMs ?? 0, backOffMs(failures, Math.random)), { signal });
        }
      }
    }
  }
}
