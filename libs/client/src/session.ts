import type { ServerPayload } from '@parley/contracts';
import type { HistoryPage, RoomCursor, SyncAnswer } from './answers.ts';
import { Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { SessionEvents, StopReason } from './events.ts';
import { Outbox, type SendOptions, type Sent } from './outbox.ts';
import { untilDeadline } from './retry.ts';
import { Rooms } from './rooms.ts';
import type { ServerUrl } from './server-url.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface SessionDeps {
  server: ServerUrl;
  tokens: TokenKeeper;
  sync: (rooms: RoomCursor[]) => Promise<SyncAnswer>;
  historyAfter: (roomId: string, seq: number) => Promise<HistoryPage>;
  clock: () => number;
  random: () => number;
  newId: () => string;
}

const deadlineMs = 60_000;

/** What the server tells as it is. */
const passedOn = {
  user_typing: 'typing',
  messages_read: 'read',
  user_status: 'status',
  room_added: 'added',
} as const;

/**
 * The live side: connected for as long as it is not closed, whatever happens to the connection. Each message of a joined room is told once and in
 * `seq` order. It begins to connect at once; every method waits for the connection where there is none.
 */
export class Session {
  readonly #deps: SessionDeps;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #connection: Connection;
  readonly #rooms: Rooms;
  readonly #outbox: Outbox;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    const { clock, random, newId } = deps;
    this.#connection = new Connection({
      ...deps,
      onEvent: (name, payload) => this.#event(name, payload),
      onOnline: (link) => void this.#rooms.online(link),
      onState: (state) => this.#emitter.emit('connection', state),
    });
    const connection = this.#connection;
    this.#rooms = new Rooms({ ...deps, connection, emit: (name, event) => this.#emitter.emit(name, event) });
    this.#outbox = new Outbox({ connection, clock, random, newId });
  }

  /** Answers how to stop listening. */
  on<E extends keyof SessionEvents>(name: E, listener: (event: SessionEvents[E]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /**
   * Follows a room from now on, or from `since` (the last `seq` one knows; what came after it is told first). Members only.
   * @throws ParleyError when it is refused, or not answered for a minute
   */
  join(roomId: string, options: { since?: number } = {}): Promise<void> {
    return this.#rooms.join(roomId, options.since, deadlineMs);
  }

  /** Stops following it; the membership stays. */
  leave(roomId: string): Promise<void> {
    return this.#rooms.leave(roomId, () => this.#connection.link(deadlineMs));
  }

  /**
   * Resolves when the message is stored: sent again as often as needed, and still one message.
   * @throws ParleyError when it is refused; after the deadline the last error, and it may be stored or not
   */
  send(roomId: string, content: string, options: SendOptions = {}): Promise<Sent> {
    return this.#outbox.send(roomId, content, options);
  }

  /** Messages that are not acknowledged yet. */
  get unsent(): number {
    return this.#outbox.waiting;
  }

  async edit(roomId: string, messageId: string, content: string): Promise<void> {
    await this.#request('edit_message', { roomId, messageId, content });
  }

  async delete(roomId: string, messageId: string): Promise<void> {
    await this.#request('delete_message', { roomId, messageId });
  }

  /** @param on whether the reaction shall be there afterwards */
  async react(roomId: string, messageId: string, reaction: string, on = true): Promise<void> {
    await this.#request('react_message', { roomId, messageId, reaction, on });
  }

  /** Read up to that message; without one, to the room's end. */
  async markRead(roomId: string, messageId?: string): Promise<void> {
    await this.#request('message_read', { roomId, ...(messageId && { messageId }) });
  }

  /** The room's people (at most 1,000), and who of them is there. */
  async people(roomId: string): Promise<ServerPayload<'room_users'>['users']> {
    return ((await this.#request('get_room_users', { roomId })) as ServerPayload<'room_users'>).users;
  }

  /** Worth nothing later, so it is tried once. Never rejects. The others let it fade: repeat it every few seconds while it lasts. */
  async typing(roomId: string, isTyping: boolean): Promise<void> {
    await this.#connection
      .link(0)
      .then((link) => link.request('typing', { roomId, isTyping }, 5_000))
      .catch(() => undefined);
  }

  /** Ends it for good. What was not acknowledged is rejected. */
  close(reason: StopReason = 'closed'): void {
    this.#connection.stop(reason);
  }

  #request(event: string, payload: unknown): Promise<unknown> {
    const deps = { connection: this.#connection, clock: this.#deps.clock, random: this.#deps.random };
    return untilDeadline(deps, deps.clock() + deadlineMs, (link, timeoutMs) =>
      link.request(event, payload, timeoutMs),
    );
  }

  #event(name: string, payload: unknown): void {
    if (Object.hasOwn(passedOn, name))
      this.#emitter.emit(passedOn[name as keyof typeof passedOn], payload as never);
    else this.#rooms.event(name, payload);
  }
}
