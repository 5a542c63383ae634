import type { ClientEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { opened } from '../contracts/connections.ts';
import type { ChatUser, Json } from '../whole-stack/chat-user.ts';

export type WireKind = 'Socket.IO' | 'WebSocket';

/** A client's connection to one gateway. It does not reconnect. */
export interface Wire {
  /**
   * Resolves with the acknowledgement's data. @throws AppError from the server; `timeout` after 20
   * s without an answer; `unavailable` when the connection ends first
   */
  ask(event: ClientEvent, payload: unknown): Promise<Json>;
  onEvent(handler: (event: string, data: Json) => void): void;
  onEnd(handler: () => void): void;
  close(): void;
}

/** Longer than the server's own limit, so that its answer is seen. */
const answerTimeoutMs = 20_000;

/** @throws when the gateway is down or refuses the user */
export function openWire(kind: WireKind, gateway: string, user: Pick<ChatUser, 'token'>): Promise<Wire> {
  return kind === 'Socket.IO' ? openSocketIo(gateway, user.token) : openWebSocket(gateway, user.token);
}

async function openSocketIo(gateway: string, token: string): Promise<Wire> {
  const socket = io(gateway, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: 5_000,
  });
  const questions = new Questions();
  socket.on('disconnect', () => questions.end());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  }).catch((error: unknown) => {
    socket.close();
    throw error;
  });
  return {
    ask: (event, payload) =>
      questions.ask((id) => socket.emit(event, payload, (answer: Json) => questions.answer(id, answer))),
    onEvent: (handler) => void socket.onAny(handler),
    onEnd: (handler) => questions.onEnd(handler),
    close: () => void socket.disconnect(),
  };
}

async function openWebSocket(gateway: string, token: string): Promise<Wire> {
  const socket = new WebSocket(gateway.replace('http', 'ws'), {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: 5_000,
  });
  const questions = new Questions();
  const handlers: ((event: string, data: Json) => void)[] = [];
  socket.on('message', (raw) => {
    const frame = JSON.parse(String(raw));
    if (frame.event === undefined) questions.answer(frame.id, frame);
    else for (const handler of handlers) handler(frame.event, frame.data);
  });
  socket.on('close', () => questions.end());
  await opened(socket);
  socket.on('error', () => undefined);
  return {
    ask: (event, data) => questions.ask((id) => socket.send(JSON.stringify({ id, event, data }))),
    onEvent: (handler) => void handlers.push(handler),
    onEnd: (handler) => questions.onEnd(handler),
    close: () => socket.close(),
  };
}

/** Requests without an answer yet. */
class Questions {
  readonly #open = new Map<number, { resolve: (data: Json) => void; reject: (error: AppError) => void }>();
  readonly #onEnd: (() => void)[] = [];
  #next = 1;
  #ended = false;

  ask(send: (id: number) => void): Promise<Json> {
    if (this.#ended) return Promise.reject(new AppError('unavailable'));
    const id = this.#next++;
    return new Promise<Json>((resolve, reject) => {
      const timer = setTimeout(
        () => this.answer(id, { ok: false, error: { code: 'timeout' } }),
        answerTimeoutMs,
      );
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          settle(value);
        };
      this.#open.set(id, { resolve: settled(resolve), reject: settled(reject) });
      send(id);
    });
  }

  answer(id: number, answer: Json): void {
    const question = this.#open.get(id);
    this.#open.delete(id);
    if (answer.ok) question?.resolve(answer.data);
    else question?.reject(AppError.fromData(answer.error));
  }

  onEnd(handler: () => void): void {
    if (this.#ended) handler();
    else this.#onEnd.push(handler);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const id of [...this.#open.keys()]) this.answer(id, { ok: false, error: { code: 'unavailable' } });
    for (const handler of this.#onEnd) handler();
  }
}
