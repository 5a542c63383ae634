import type { Duplex } from 'node:stream';
import { pause } from '@parley/runtime/async';

/**
 * Terminates clients that have not read everything this long after the owner closed the connection.
 */
const closeWithinMs = 1_000;

/** Pipes upgraded connections of clients to the gateways that own their sessions. */
export class Tunnels {
  readonly #clients = new Set<Duplex>();

  /** Resolves when the connection has ended. */
  async open(client: Duplex, owner: Duplex): Promise<void> {
    this.#clients.add(client);
    client.pipe(owner).pipe(client);
    client.on('error', () => client.destroy());
    owner.on('error', () => owner.destroy());
    let cut: NodeJS.Timeout | undefined;
    owner.once('close', () => {
      client.end();
      cut = setTimeout(() => client.destroy(), closeWithinMs);
    });
    await new Promise<void>((ended) => client.once('close', ended));
    clearTimeout(cut);
    owner.destroy();
    this.#clients.delete(client);
  }

  /** Ends all connections, evenly over that time. The clients reconnect by themselves. */
  async close(windowMs: number): Promise<void> {
    const leaving = [...this.#clients];
    const since = performance.now();
    for (const [index, client] of leaving.entries()) {
      const waitMs = (windowMs * index) / leaving.length - (performance.now() - since);
      if (waitMs > 0) await pause(waitMs);
      client.destroy();
    }
    // Also those opened meanwhile.
    for (const client of this.#clients) client.destroy();
  }
}
