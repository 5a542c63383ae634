import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pause } from '@parley/runtime/async';

type RequestKind = 'handshake' | 'poll' | 'send';

/**
 * A load balancer for polling clients. Its connections to the gateways survive while it fails its
 * clients.
 */
export interface LossyProxy {
  readonly url: string;
  /** The one-way delay, as on a slow network. */
  delayMs: number;
  /**
   * Loses the answer to the next request of that kind, and blocks all later requests. Resolves when
   * the answer has been lost.
   */
  loseAnswer(kind: RequestKind): Promise<void>;
  /** Blocks all later requests; those in flight continue. */
  block(): void;
  close(): Promise<void>;
}

/** @param gatewayFor the gateway that receives a request */
export async function startLossyProxy(
  gatewayFor: (kind: RequestKind) => { url: string },
): Promise<LossyProxy> {
  const agent = new Agent({ keepAlive: true });
  let blocked = false;
  let losing: { kind: RequestKind; done: () => void } | undefined;

  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    if (blocked) return void response.destroy();
    const kind = kindOf(incoming);
    const lose = losing?.kind === kind ? losing : undefined;
    if (lose) losing = undefined;
    await pause(proxy.delayMs);
    const outgoing = request(gatewayFor(kind).url + incoming.url, {
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
      agent,
    });
    outgoing.on('error', () => response.destroy());
    if (!lose) response.once('close', () => response.writableFinished || outgoing.destroy());
    outgoing.once('response', async (answer) => {
      if (lose) {
        blocked = true;
        answer.resume().once('end', () => {
          response.destroy();
          lose.done();
        });
        return;
      }
      await pause(proxy.delayMs);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  };

  const server = createServer((incoming, response) => void pass(incoming, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const proxy: LossyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: 0,
    loseAnswer: (kind) =>
      new Promise((done) => {
        losing = { kind, done };
      }),
    block: () => {
      blocked = true;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
  return proxy;
}

function kindOf({ method, url = '' }: IncomingMessage): RequestKind {
  if (method === 'POST') return 'send';
  return url.includes('sid=') ? 'poll' : 'handshake';
}
