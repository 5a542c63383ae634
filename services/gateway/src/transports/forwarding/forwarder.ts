import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex, pipeline } from 'node:stream';
import type { Clock } from '@parley/runtime';
import { engineQuery } from '../engine-middleware.ts';
import { bodyFraming, ClientGone, endToEndHeaders, requestToOwner } from './ask-owner.ts';
import { forwardHeader, signForward } from './forward-signature.ts';
import { Forwards, type ForwardsOptions } from './forwards.ts';
import type { Peer } from './peer-registry.ts';
import { relayHead } from './relay-head.ts';
import { Tunnels } from './tunnels.ts';

/** Owners end sessions that have not authenticated by then. */
const authenticatesWithinMs = 15_000;
const sessionIdOf = (request: IncomingMessage) => engineQuery(request).sid ?? '';

/**
 * Forwards requests to the gateways that own their sessions, and returns the answers. Both are
 * streamed, so a slow client fills the owner's buffers and not ours.
 */
export class Forwarder {
  readonly #forwards: Forwards;
  readonly #clock: Clock;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #tunnels = new Tunnels();

  constructor({ clock, ...options }: ForwardsOptions & { clock: Clock }) {
    this.#clock = clock;
    this.#forwards = new Forwards(options);
  }

  get inFlight(): Forwards['inFlight'] {
    return this.#forwards.inFlight;
  }

  /** @throws OwnerGone, AppError `unavailable`, both before anything was answered */
  async request(owner: Peer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const forward = this.#forwards.begin(request.method === 'POST' ? 'send' : 'poll', sessionIdOf(request));
    try {
      const headers = { ...this.#signed(request, owner), ...bodyFraming(request.headers) };
      const asking = requestToOwner(owner, request, { headers, agent: this.#agent });
      response.once('close', () => response.writableFinished || asking.destroy(new ClientGone()));
      // Covers an owner that answers before it has the whole request.
      request.once('close', () => request.complete || asking.destroy(new ClientGone()));
      // Not `pipeline`, which would close the client's connection when the owner is gone.
      request.pipe(asking);
      const { response: answer } = await forward.answerOf(asking);
      response.writeHead(answer.statusCode ?? 502, endToEndHeaders(answer.headers));
      await new Promise<void>((ended) => pipeline(answer, response, () => ended()));
    } finally {
      forward.end();
    }
  }

  /** @throws as `request` */
  async upgrade(owner: Peer, request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const forward = this.#forwards.begin('upgrade', sessionIdOf(request));
    let kept: NodeJS.Timeout | undefined;
    try {
      const headers = {
        ...this.#signed(request, owner),
        connection: 'Upgrade',
        upgrade: request.headers.upgrade,
      };
      const asking = requestToOwner(owner, request, { headers, agent: false });
      client.once('close', () => asking.destroy(new ClientGone()));
      asking.end();
      const { response: answer, upgraded } = await forward.answerOf(asking);
      client.write(relayHead(answer, upgraded !== undefined));
      if (upgraded) {
        client.write(upgraded.head);
        upgraded.socket.write(head);
        kept = setTimeout(() => forward.kept(), authenticatesWithinMs);
        await this.#tunnels.open(client, upgraded.socket);
      } else {
        await new Promise<void>((ended) => pipeline(answer, client, () => ended()));
        // A client that does not close its side would keep the socket.
        client.destroy();
      }
    } finally {
      clearTimeout(kept);
      forward.end();
    }
  }

  /** Ends the tunnels of upgraded connections, evenly over that time. */
  drain(windowMs: number): Promise<void> {
    return this.#tunnels.close(windowMs);
  }

  close(): void {
    this.#agent.destroy();
  }

  #signed(request: IncomingMessage, { secret }: Peer): Record<string, string> {
    return { [forwardHeader]: signForward(request, secret, this.#clock()) };
  }
}
