import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HookPayload } from '@parley/contracts';
import type { SeededRandom } from '@parley/testkit';

/** Handles a delivery with that `webhook-id`. */
export type HandleDelivery = (id: string, data: HookPayload['data']) => void;

/** One attempt in this many is refused; one is handled, but its answer gets lost. */
const refusedEvery = 12;
const lostEvery = 12;

/** A receiver of webhooks, one path for each. It fails now and then, as receivers do. */
export class HookReceiver {
  readonly host = '127.0.0.1';
  readonly #random: SeededRandom;
  readonly #handlers = new Map<string, HandleDelivery>();
  readonly #server = createServer((request, response) => void this.#receive(request, response));

  private constructor(random: SeededRandom) {
    this.#random = random;
  }

  static async start(random: SeededRandom): Promise<HookReceiver> {
    const receiver = new HookReceiver(random);
    receiver.#server.listen(0, receiver.host);
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The URL of a new webhook. */
  urlFor(handle: HandleDelivery): string {
    const path = `/${this.#handlers.size}`;
    this.#handlers.set(path, handle);
    return `http://${this.host}:${this.port}${path}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      // Its sender was killed.
      return;
    }
    if (this.#random.integer(1, refusedEvery) === 1) {
      response.writeHead(503).end();
      return;
    }
    const { data } = JSON.parse(Buffer.concat(parts).toString()) as HookPayload;
    this.#handlers.get(request.url ?? '')?.(String(request.headers['webhook-id']), data);
    if (this.#random.integer(1, lostEvery) === 1) request.socket.destroy();
    else response.writeHead(204).end();
  }
}
