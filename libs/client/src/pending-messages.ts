import { maxWaiting, type Outbox } from './outbox.ts';
import { ParleyError } from './parley-error.ts';
import type { MessageOptions, PendingEvent, PendingMessage, PendingStorage } from './sending.ts';

export interface PendingMessagesDeps {
  outbox: Outbox;
  /** @default in memory */
  storage: PendingStorage | undefined;
  userId: () => Promise<string>;
  emit: (event: PendingEvent) => void;
  clock: () => number;
  newId: () => string;
  /** Aborts when the session ends. Messages that are in flight then are sent by the next one. */
  signal: AbortSignal;
}

/** A message waits so long for a connection. */
const deadlineMs = 24 * 3_600_000;

/** The messages that are shown before they are stored. */
export class PendingMessages {
  readonly #deps: PendingMessagesDeps;
  readonly #messages = new Map<string, PendingMessage>();
  #stored: Promise<unknown> = Promise.resolve();

  constructor(deps: PendingMessagesDeps) {
    this.#deps = deps;
  }

  list(roomId?: string): PendingMessage[] {
    return [...this.#messages.values()].filter((each) => roomId === undefined || each.roomId === roomId);
  }

  /** @throws ParleyError `limit_reached` */
  post(roomId: string, content: string, options: MessageOptions): PendingMessage {
    if (this.#messages.size >= maxWaiting)
      throw new ParleyError('limit_reached', `${maxWaiting} messages are already waiting to be sent.`);
    const { clock, newId } = this.#deps;
    const message = { ...options, roomId, content, clientId: newId(), createdAt: clock() };
    this.#send(message);
    return message;
  }

  /** Sends a failed message again, with the same `clientId`. */
  retry(clientId: string): void {
    const { failed, ...message } = this.#messages.get(clientId) ?? {};
    if (failed) this.#send(message as PendingMessage);
  }

  /** Forgets a failed message. */
  discard(clientId: string): void {
    const message = this.#messages.get(clientId);
    if (message?.failed) this.#settle({ state: 'discarded', message });
  }

  /** Sends what an earlier session has left, and shows what had failed in it. */
  async restore(): Promise<void> {
    const { storage, userId, emit } = this.#deps;
    if (!storage) return;
    for (const message of await storage.load(await userId())) {
      if (this.#messages.has(message.clientId)) continue;
      this.#messages.set(message.clientId, message);
      if (message.failed) emit({ state: 'failed', message });
      else this.#send(message);
    }
  }

  #send(message: PendingMessage): void {
    this.#show({ state: 'sending', message });
    const { roomId, content, createdAt: _, failed: _failed, ...options } = message;
    this.#deps.outbox.send(roomId, content, { ...options, deadlineMs }).then(
      (sent) => this.#settle({ state: 'stored', message, sent }),
      (error) => {
        if (this.#deps.signal.aborted) return;
        const { code, message: reason } = ParleyError.from(error);
        this.#show({ state: 'failed', message: { ...message, failed: { code, message: reason } } });
      },
    );
  }

  #show(event: PendingEvent): void {
    this.#messages.set(event.message.clientId, event.message);
    this.#deps.emit(event);
    this.#store(async (storage) => storage.put(await this.#deps.userId(), event.message));
  }

  #settle(event: PendingEvent): void {
    this.#messages.delete(event.message.clientId);
    this.#deps.emit(event);
    this.#store((storage) => storage.remove(event.message.clientId));
  }

  /** In order. A message that does not fit into the storage is pending only here. */
  #store(work: (storage: PendingStorage) => Promise<void>): void {
    const { storage } = this.#deps;
    if (storage) this.#stored = this.#stored.then(() => work(storage)).catch(() => undefined);
  }
}
