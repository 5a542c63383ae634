import { pause } from '@parley/runtime/async';
import { backOffMs } from './back-off.ts';
import type { ParleyClient } from './client.ts';
import type { Message } from './contract.ts';
import { ParleyError } from './parley-error.ts';
import type { Session } from './session.ts';

interface BotRoomDeps {
  roomId: string;
  /** Everything up to this number was handled before. */
  after: number;
  session: Session;
  client: ParleyClient;
  handle: (message: Message) => Promise<void>;
  signal: AbortSignal;
}

const pageSize = 200;
/** A bot that is further behind reads the history instead, so its memory is bounded. */
const maxWaiting = 500;
/** How often the read position follows what was handled. */
const markEveryMs = 250;

/** Handles the messages of one room in order: first those of the history, then live ones. */
export class BotRoom {
  readonly #deps: BotRoomDeps;
  readonly #waiting: Message[] = [];
  readonly #stopping = new AbortController();
  #wake: () => void = () => undefined;
  #overflowed = false;
  #handled: number;
  #unmarked: string | undefined;
  #marking: Promise<void> | undefined;
  #ended: Promise<void> | undefined;

  constructor(deps: BotRoomDeps) {
    this.#deps = deps;
    this.#handled = deps.after;
    deps.signal.addEventListener('abort', () => this.#stop(), { once: true });
  }

  /** Runs until it is stopped. @throws ParleyError when the room cannot be followed */
  run(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  receive(message: Message): void {
    if (this.#waiting.length >= maxWaiting) this.#overflowed = true;
    if (!this.#overflowed) this.#waiting.push(message);
    this.#wake();
  }

  /** Ends after the message that is being handled. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#ended?.catch(() => undefined);
    await this.#marking;
    await this.#mark();
  }

  #stop(): void {
    this.#stopping.abort();
    this.#wake();
  }

  async #run(): Promise<void> {
    const { roomId, session } = this.#deps;
    while (!this.#isStopped) {
      await this.#catchUp();
      if (this.#isStopped) return;
      await session.join(roomId, { since: this.#handled });
      await this.#live();
      if (this.#isStopped) return;
      // Too far behind: the history has what was dropped.
      await session.leave(roomId);
      this.#waiting.length = 0;
      this.#overflowed = false;
    }
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #catchUp(): Promise<void> {
    for (let hasMore = true; hasMore && !this.#isStopped; ) {
      const page = await this.#page();
      if (!page) return;
      for (const message of page.messages) await this.#take(message);
      hasMore = page.pagination.hasMore;
    }
  }

  /** The next page of the history, however long that takes. */
  async #page() {
    const { client, roomId } = this.#deps;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        return await client.history(roomId, { after_seq: this.#handled, limit: pageSize });
      } catch (thrown) {
        const error = ParleyError.from(thrown);
        if (!error.retryable) throw error;
        await pause(Math.max(error.retryAfterMs ?? 0, backOffMs(failures, Math.random)), { signal });
      }
    }
    return undefined;
  }

  /** Until it is stopped, or too many wait. */
  async #live(): Promise<void> {
    while (!this.#isStopped) {
      const message = this.#waiting.shift();
      if (message) await this.#take(message);
      else if (this.#overflowed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #take(message: Message): Promise<void> {
    if (this.#isStopped || message.seq <= this.#handled) return;
    const { userId } = await this.#deps.client.me();
    if (message.userId !== userId && message.deletedAt === null) await this.#deps.handle(message);
    // A session that ends interrupts the handler, so the message is not done.
    if (this.#deps.signal.aborted) return;
    this.#handled = message.seq;
    this.#unmarked = message.id;
    this.#marking ??= pause(markEveryMs, { signal: this.#stopping.signal })
      .then(() => this.#mark())
      .finally(() => {
        this.#marking = undefined;
      });
  }

  /** Losing a position costs nothing but handling some messages again. */
  async #mark(): Promise<void> {
    const messageId = this.#unmarked;
    this.#unmarked = undefined;
    if (messageId === undefined || this.#deps.signal.aborted) return;
    await this.#deps.session.markRead(this.#deps.roomId, messageId).catch(() => undefined);
  }
}
