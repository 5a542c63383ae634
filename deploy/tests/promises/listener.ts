import { AppError } from '@parley/errors';
import { pause } from '@parley/runtime/async';
import type { ChatUser, Json } from '../whole-stack/chat-user.ts';
import { openWire, type Wire, type WireKind } from './wire.ts';

const pauseMs = 250;

/** Listens to one room. After its connection ends, it reconnects and fetches what it missed. */
export class Listener {
  readonly name: string;
  readonly #kind: WireKind;
  readonly #gateway: string;
  readonly #user: ChatUser;
  readonly #roomId: string;
  #wire: Wire | undefined;
  #closed = false;
  /** Reconnects run one after the other: each fetches from where the last one ended. */
  #returning: Promise<void> = Promise.resolve();
  /** Numbers in the order of arrival, over all connections. */
  readonly received: number[] = [];
  /** Numbers fetched after reconnects. */
  readonly fetched: number[] = [];
  /** Number of lost connections. */
  losses = 0;

  constructor(kind: WireKind, gateway: string, user: ChatUser, roomId: string) {
    this.name = `${kind} of ${user.username}`;
    this.#kind = kind;
    this.#gateway = gateway;
    this.#user = user;
    this.#roomId = roomId;
  }

  /** Returns the number after which it receives everything. */
  async start(): Promise<number> {
    const wire = await openWire(this.#kind, this.#gateway, this.#user);
    wire.onEvent((event, data) => {
      if (event === 'receive_message' && data.roomId === this.#roomId) this.received.push(data.seq);
    });
    try {
      const { seq } = await wire.ask('join_room', { roomId: this.#roomId });
      this.#wire = wire;
      wire.onEnd(() => {
        this.#wire = undefined;
        if (!this.#closed) this.#returning = this.#returning.then(() => this.#comeBack());
      });
      return seq;
    } catch (error) {
      wire.close();
      throw error;
    }
  }

  /** Whether it is subscribed to the room. */
  get listening(): boolean {
    return this.#wire !== undefined;
  }

  /** The highest number received or fetched. */
  get last(): number {
    return Math.max(0, ...this.received.slice(-500), ...this.fetched.slice(-1));
  }

  /** Everything received or fetched, by number. A number appears twice if the system erred. */
  get everything(): number[] {
    return [...this.received, ...this.fetched].sort((a, b) => a - b);
  }

  close(): void {
    this.#closed = true;
    this.#wire?.close();
  }

  async #comeBack(): Promise<void> {
    this.losses++;
    const last = this.last;
    const upTo = await this.#insist(() => this.start()).catch(() => last);
    let page: Json;
    for (let after = last; after < upTo; after = page.pagination.after_seq) {
      page = await this.#insist(() =>
        this.#user.must('GET', `/api/v1/rooms/${this.#roomId}/messages?limit=200&after_seq=${after}`),
      );
      this.fetched.push(
        ...page.messages.map((message: Json) => message.seq).filter((seq: number) => seq <= upTo),
      );
      if (!page.pagination.hasMore) return;
    }
  }

  async #insist<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (this.#closed) throw new AppError('unavailable', { cause: error });
        await pause(pauseMs);
      }
    }
  }
}
