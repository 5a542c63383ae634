import type { HistoryPage, RoomCursor, SyncAnswer, SyncedAccount } from './answers.ts';
import { Connection } from './connection.ts';
import type { PresentUser } from './contract.ts';
import { Emitter } from './emitter.ts';
import type { ConnectionEvent, SessionEvents, StopReason } from './events.ts';
import { Outbox } from './outbox.ts';
import { PendingMessages } from './pending-messages.ts';
import { untilDeadline } from './retry.ts';
import { Rooms } from './rooms.ts';
import type { MessageOptions, PendingMessage, SendOptions, Sent, WriteConditions } from './sending.ts';
import type { ServerUrl } from './server-url.ts';
import type { TokenKeeper } from './token-keeper.ts';
import type { TokenStorage } from './tokens.ts';

export interface SessionDeps {
  server: ServerUrl;
  tokens: TokenKeeper;
  storage: TokenStorage;
  threads: boolean;
  sync: (rooms: RoomCursor[]) => Promise<SyncAnswer>;
  historyAfter: (roomId: string, seq: number) => Promise<HistoryPage>;
  clock: () => number;
  random: () => number;
  newId: () => string;
}

const deadlineMs = 60_000;

/** The server's events that are emitted unchanged. */
const passedOn = {
  user_typing: 'typing',
  messages_read: 'read',
  thread_read: 'threadRead',
  user_status: 'status',
  room_added: 'added',
  room_updated: 'updated',
  server_draining: 'draining',
  account_changed: 'accountChanged',
  command_answered: 'commandAnswered',
  notification: 'notification',
  notification_updated: 'notificationUpdated',
  notification_removed: 'notificationRemoved',
} as const;

/**
 * The live side of a client. Reconnects until it is closed. Emits each message of a joined room
 * once and in `seq` order. It connects immediately; every method waits for the connection if
 * necessary.
 */
export class Session {
  readonly #deps: SessionDeps;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #connection: Connection;
  readonly #rooms: Rooms;
  readonly #outbox: Outbox;
  readonly #pending: PendingMessages;
  #online = true;

  /** @internal */
  constructor(deps: SessionDeps) {
    this.#deps = deps;
    const { clock, random, newId } = deps;
    this.#connection = new Connection({
      ...deps,
      onEvent: (name, payload) => this.#event(name, payload),
      onOnline: (link) => void this.#rooms.online(link),
      onState: (state) => this.#state(state),
    });
    const connection = this.#connection;
    this.#rooms = new Rooms({ ...deps, connection, emit: (name, event) => this.#emitter.emit(name, event) });
    this.#outbox = new Outbox({ connection, clock, random, newId });
    this.#pending = new PendingMessages({
      outbox: this.#outbox,
      storage: deps.storage.pending,
      userId: async () => (await deps.tokens.current()).userId,
      emit: (event) => this.#emitter.emit('pending', event),
      clock,
      newId,
      signal: connection.signal,
    });
    void this.#pending.restore().catch(() => undefined);
  }

  /** Returns a function that removes the listener. */
  on<E extends keyof SessionEvents>(name: E, listener: (event: SessionEvents[E]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /**
   * Follows a room from now on, or from `since`, the last known `seq`; later events are then
   * emitted first. Members only.
   * @throws ParleyError when refused, or not answered for a minute
   */
  join(roomId: string, options: { since?: number } = {}): Promise<void> {
    return this.#rooms.join(roomId, options.since, deadlineMs);
  }

  /** Every change of a joined room up to this number was emitted; undefined: not joined yet. */
  seq(roomId: string): number | undefined {
    return this.#rooms.seqOf(roomId);
  }

  /** The last `roomPresence` of a joined room; undefined: small rooms have statuses instead. */
  onlineIn(roomId: string): number | undefined {
    return this.#rooms.onlineIn(roomId);
  }

  /** Stops following a room; the membership stays. */
  leave(roomId: string): Promise<void> {
    return this.#rooms.leave(roomId, () => this.#connection.link(deadlineMs));
  }

  /**
   * Resolves when the message is stored. Repeated as often as necessary, without duplicates.
   * @throws ParleyError when refused; after the deadline the last error, and the message may be
   *   stored or not
   */
  send(roomId: string, content: string, options: SendOptions = {}): Promise<Sent> {
    return this.#outbox.send(roomId, content, options);
  }

  /**
   * Sends a message that is shown at once: it is pending, which `pending` events report, until it
   * is stored. If it fails, it stays until it is retried or discarded. A storage that keeps pending
   * messages hands them to the next session.
   * @throws ParleyError `limit_reached`
   */
  post(roomId: string, content: string, options: MessageOptions = {}): PendingMessage {
    return this.#pending.post(roomId, content, options);
  }

  /** The pending messages, of one room or of all, in the order of their creation. */
  pending(roomId?: string): PendingMessage[] {
    return this.#pending.list(roomId);
  }

  /** Sends a failed pending message again. It is never stored twice. */
  retry(clientId: string): void {
    this.#pending.retry(clientId);
  }

  /** Forgets a failed pending message. */
  discard(clientId: string): void {
    this.#pending.discard(clientId);
  }

  /** Whether the connection is lost: from `offline` to the next `online`. */
  get isOffline(): boolean {
    return !this.#online;
  }

  /** Number of unacknowledged messages. */
  get unsent(): number {
    return this.#outbox.waiting;
  }

  /** @param options.mentions whom it mentions then. @default whom its text names */
  async edit(
    roomId: string,
    messageId: string,
    content: string,
    options: WriteConditions & Pick<SendOptions, 'mentions'> = {},
  ): Promise<void> {
    await this.#request('edit_message', { roomId, messageId, content, ...options });
  }

  async delete(roomId: string, messageId: string): Promise<void> {
    await this.#request('delete_message', { roomId, messageId });
  }

  /** @param on whether the reaction should exist afterwards */
  async react(
    roomId: string,
    messageId: string,
    reaction: string,
    on = true,
    conditions: WriteConditions = {},
  ): Promise<void> {
    await this.#request('react_message', { roomId, messageId, reaction, on, ...conditions });
  }

  /**
   * Marks the room read up to that message, or to its end.
   * @param options.threads true: replies in threads stay unread, because the program shows threads
   *   apart. @default the client's option
   */
  async markRead(roomId: string, messageId?: string, options: { threads?: boolean } = {}): Promise<void> {
    const { threads = this.#deps.threads } = options;
    const message = { ...(messageId && { messageId }), ...(threads && { threads }) };
    await this.#request('message_read', { roomId, ...message });
  }

  /**
   * Changes of the user's account, which this connection follows from now on: see `followAccount`.
   * @internal
   */
  async resumeAccount(account: { seq: number; more?: true }): Promise<SyncedAccount> {
    return ((await this.#request('resume', { rooms: [], account })) as { account: SyncedAccount }).account;
  }

  /** The members of a room (at most 1,000), and which of them are present. */
  async people(roomId: string): Promise<PresentUser[]> {
    return ((await this.#request('get_room_users', { roomId })) as { users: PresentUser[] }).users;
  }

  /**
   * Reports typing. Tries only once, because the signal is worthless later. Never rejects. It
   * expires at the receivers: repeat it every few seconds.
   */
  async typing(roomId: string, isTyping: boolean): Promise<void> {
    await this.#connection
      .link(0)
      .then((link) => link.request('typing', { roomId, isTyping }, 5_000))
      .catch(() => undefined);
  }

  /** Connects now, if the next attempt would come later: a user asks, or the network is back. */
  retryNow(): void {
    this.#connection.hurry();
  }

  /**
   * Replaces the connection, because the network has changed: the present one may be dead, which it
   * would notice late. Without one, connects now.
   */
  reconnect(): void {
    this.#connection.replace();
  }

  /** Closes the session for good and rejects unacknowledged messages. */
  close(reason: StopReason = 'closed'): void {
    this.#connection.stop(reason);
  }

  /**
   * Ends the session, because another user has logged in with its storage.
   * @internal
   */
  conflict(userId: string): void {
    this.#emitter.emit('conflict', { userId });
    this.close('conflict');
  }

  #state(event: ConnectionEvent): void {
    this.#emitter.emit('connection', event);
    if (event.state === 'online') {
      this.#online = true;
      this.#emitter.emit('online', {});
    } else if (event.state === 'offline') {
      this.#rooms.offline();
      const { reason, message, retryInMs } = event;
      if (this.#online) this.#emitter.emit('offline', { reason, message });
      this.#online = false;
      this.#emitter.emit('waiting', { retryInMs, reason });
    }
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
