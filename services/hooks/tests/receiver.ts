import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HookPayload } from '@parley/contracts';
import { pause } from '@parley/runtime/async';

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
  payload: HookPayload;
  at: number;
}

/** How the receiver treats a request. */
export type Behaviour =
  | { answer: number; headers?: Record<string, string>; afterMs?: number; body?: string }
  /** Reads the request, and closes the connection without an answer. */
  | 'die'
  | 'hang';

/**
 * The receiver of an integrator, at an address that the operator permits. It keeps everything that
 * it has received.
 */
export class Receiver {
  readonly received: Received[] = [];
  /** By path; by default, it answers 200. */
  readonly behaviours = new Map<string, (received: Received) => Behaviour>();
  /** Requests that it works on now, by path and room, and the highest number. */
  readonly #working = new Map<string, number>();
  maxAtOnce = 0;
  readonly #server = createServer((request, response) => void this.#receive(request, response));
  readonly #hanging = new Set<ServerResponse>();
  maxHanging = 0;
  port = 0;

  async start(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Requests without an answer now. */
  get hanging(): number {
    return this.#hanging.size;
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  /** The deliveries that are left when known ids are ignored. */
  handled(path: string): HookPayload['data'][] {
    const first = new Map<string, HookPayload['data']>();
    for (const { headers, payload } of this.at(path)) {
      const id = headers['webhook-id'] ?? '';
      if (!first.has(id)) first.set(id, payload.data);
    }
    return [...first.values()];
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += part;
    const { url: path = '', headers } = request;
    const payload = JSON.parse(body) as HookPayload;
    const received = { path, headers: headers as Record<string, string>, body, payload, at: Date.now() };
    this.received.push(received);
    const key = `${path} ${payload.data.roomId}`;
    const working = (this.#working.get(key) ?? 0) + 1;
    this.#working.set(key, working);
    this.maxAtOnce = Math.max(this.maxAtOnce, working);
    const behaviour = this.behaviours.get(path)?.(received) ?? { answer: 200 };
    const end = () => this.#working.set(key, (this.#working.get(key) ?? 1) - 1);
    response.once('close', end);
    if (behaviour === 'die') request.socket.destroy();
    else if (behaviour === 'hang') {
      this.#hanging.add(response);
      response.once('close', () => this.#hanging.delete(response));
      this.maxHanging = Math.max(this.maxHanging, this.hanging);
    } else {
      if (behaviour.afterMs) await pause(behaviour.afterMs);
      response.writeHead(behaviour.answer, behaviour.headers).end(behaviour.body ?? 'some text');
    }
  }
}
