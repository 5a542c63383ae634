import { io, type Socket } from 'socket.io-client';
import { type ChatUser, emit } from './chat-user.ts';

/**
 * A client without our SDK: socket.io-client reconnects by itself; the client then joins its room
 * and fetches what it missed.
 */
export class ResumingClient {
  readonly name: string;
  readonly socket: Socket;
  readonly #user: ChatUser;
  readonly #roomId: string;
  /** The numbers of all messages in order of arrival, live or fetched. */
  readonly received: number[] = [];
  /** Live messages that arrived during a fetch. */
  #held: number[] | undefined;
  #joins = 0;

  /** @param transports undefined: the defaults, which begin with polling and upgrade */
  constructor(user: ChatUser, options: { url: string; roomId: string; transports?: string[] | undefined }) {
    const { url, roomId, transports } = options;
    this.name = `${transports ?? 'default options'} of ${user.username}`;
    this.#user = user;
    this.#roomId = roomId;
    this.socket = io(url, {
      auth: { token: user.token },
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
      ...(transports && { transports }),
    });
    this.socket.on('receive_message', ({ seq }: { seq: number }) => (this.#held ?? this.received).push(seq));
    this.socket.on('connect', () => void this.#catchUp());
  }

  /** Connected, and has fetched what it missed. */
  get isPresent(): boolean {
    return this.socket.connected && this.#held === undefined && this.#joins > 0;
  }

  get joins(): number {
    return this.#joins;
  }

  get transport(): string {
    return this.socket.io.engine.transport.name;
  }

  async #catchUp(): Promise<void> {
    const { id } = this.socket;
    const held: number[] = [];
    this.#held = held;
    const isCurrent = () => this.socket.id === id && this.#held === held;
    try {
      const { seq: joinedAt } = await emit(this.socket, 'join_room', { roomId: this.#roomId });
      for (let after = this.received.at(-1) ?? 0, hasMore = after < joinedAt; hasMore && isCurrent(); ) {
        const path = `/api/v1/rooms/${this.#roomId}/messages?limit=200&after_seq=${after}`;
        const { messages, pagination } = await this.#user.must('GET', path);
        const missed = messages
          .map(({ seq }: { seq: number }) => seq)
          .filter((seq: number) => seq <= joinedAt);
        if (isCurrent()) this.received.push(...missed);
        after = pagination.after_seq;
        hasMore = pagination.hasMore && after < joinedAt;
      }
      if (!isCurrent()) return;
      // Messages may arrive before the join, but all do from `joinedAt` on.
      this.received.push(...held.filter((seq) => seq > joinedAt));
      this.#held = undefined;
      this.#joins += 1;
    } catch {
      // If the connection has ended, the next one tries again.
      if (isCurrent()) this.socket.disconnect().connect();
    }
  }
}
