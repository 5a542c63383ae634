import { forEachLimit } from '@parley/runtime/async';
import { Client } from './client.ts';
import type { LoadRoom, Orders } from './orders.ts';

/** Receives the frames of all clients; changes with the phase. */
export type FrameListener = (client: number, data: Buffer) => void;

/** All open clients, by number. */
export class Crowd {
  readonly #clients: Client[] = [];
  onFrame: FrameListener = () => undefined;
  #closing = false;

  async connect({ clients, atOnce }: Orders['connect']['ask']): Promise<{ seconds: number }> {
    this.#closing = false;
    const first = this.#clients.length;
    const begin = performance.now();
    await forEachLimit(clients, atOnce, async ({ url, token }, index) => {
      const number = first + index;
      this.#clients[number] = await Client.open(url, token, {
        frame: (data) => this.onFrame(number, data),
        closed: () => this.#closed(number),
      });
    });
    return { seconds: (performance.now() - begin) / 1_000 };
  }

  async join(rooms: readonly LoadRoom[]): Promise<void> {
    const joins = rooms.flatMap(({ id, members }) => members.map((member) => ({ id, member })));
    await forEachLimit(joins, 50, ({ id, member }) => this.client(member).join(id));
  }

  client(number: number): Client {
    const client = this.#clients[number];
    if (!client) throw new Error(`client ${number} is not open`);
    return client;
  }

  close(): void {
    this.#closing = true;
    for (const client of this.#clients) client.close();
    this.#clients.length = 0;
  }

  #closed(number: number): void {
    if (!this.#closing && this.#clients[number]) throw new Error(`the server closed client ${number}`);
  }
}
