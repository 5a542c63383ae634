import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@parley/errors';
import type { ChatUser, Json } from '../whole-stack/chat-user.ts';
import { openWire, type Wire, type WireKind } from './wire.ts';

const pauseMs = 250;

/** A client that only listens to one room: joins it, and when its connection ends, comes back and fetches what it missed. */
export class Listener {
  readonly name: string;
  readonly #kind: WireKind;
  readonly #gateway: string;
  readonly #user: ChatUser;
  readonly #roomId: string;
  #wire: Wire | undefined;
  #closed = false;
  /** One return after the other: each fetches from where the one before has ended. */
  #returning: Promise<void> = Promise.resolve();
  /** Numbers in the order in which they were heard, over all connections. */
  readonly heard: number[] = [];
  /** Numbers that were fetched after coming back. */
  readonly fetched: number[] = [];
  /** Connections that it has lost. */
  losses = 0;

  constructor(kind: WireKind, gateway: string, user: ChatUser, roomId: string) {
    this.name = `${kind} of ${user.username}`;
    this.#kind = kind;
    this.#gateway = gateway;
    this.#user = user;
    this.#roomId = roomId;
  }

  /** Answers the number after which it hears everything. */
  async start(): Promise<number> {
    const wire = await openWire(this.#kind, this.#gateway, this.#user);
    wire.onEvent((event, data) => {
      if (event === 'receive_message' && data.roomId === this.#roomId) this.heard.push(data.seq);
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

  /** It is in the room just now. */
  get listening(): boolean {
    return this.#wire !== undefined;
  }

  /** The highest number that it knows. */
  get last(): number {
    return Math.max(0, ...this.heard.slice(-500), ...this.fetched.slice(-1));
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
        await delay(pauseMs);
      }
    }
  }
}
