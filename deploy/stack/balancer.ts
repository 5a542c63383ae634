import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServiceName, serviceFor } from '@parley/contracts';
import { type ErrorCode, errorTable } from '@parley/errors';
import { listen, withoutPrefix } from '@parley/http';
import { createProxyServer } from 'httpxy';
import { RoundRobin } from './round-robin.ts';
import { SessionAffinity } from './session-affinity.ts';

/** A target for requests. `ready` changes as its process comes and goes. */
export interface Backend {
  readonly url: string;
  readonly port: number;
  readonly ready: boolean;
}

export interface BalancerOptions {
  port: number;
  backends: (service: ServiceName) => readonly Backend[];
  /**
   * Sends the requests of a Socket.IO session to its own gateway. `false`: each request to the next
   * gateway. @default true
   */
  affinity?: boolean;
  /**
   * Prefix of every path at the public address, which the services strip (`PUBLIC_PATH`). @default
   * none
   */
  publicPath?: string | undefined;
  /** Path → JSON response: the stack's own pages. */
  pages: Readonly<Record<string, () => unknown>>;
}

export interface Balancer {
  url: string;
  /** Terminates all open connections. */
  stop(): Promise<void>;
}

/** Longer than any service's own request timeout, so that clients get the service's answer. */
const answerTimeoutMs = 60_000;
/**
 * The same as the services'. Node's default of 5 s would close connections just as clients reuse
 * them.
 */
const keepAliveMs = 65_000;

/**
 * The one public address. Sends each request and upgrade to the next replica of the service that
 * serves its path. Retries on another replica only if the connection was refused, when nothing can
 * have happened yet; any other failure is answered with 502 or 503.
 * @throws StartError when the port is taken
 */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const proxy = createProxyServer({ proxyTimeout: answerTimeoutMs });
  const sessions = new SessionAffinity();
  if (options.affinity ?? true) proxy.on('proxyRes', (answer) => sessions.learn(answer));
  const turns = new RoundRobin<ServiceName>();
  const agents = new Map<number, ConnectedAgent>();
  const agentOf = (port: number) => {
    const agent = agents.get(port) ?? new ConnectedAgent({ keepAlive: true });
    agents.set(port, agent);
    return agent;
  };
  const pathOf = (request: IncomingMessage) => withoutPrefix(request.url ?? '', options.publicPath ?? '');
  const candidates = (service: ServiceName, path = '') => {
    const ready = options.backends(service).filter((backend) => backend.ready);
    return sessions.ownerFirst(path, turns.order(service, ready));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const page = options.pages[pathOf(request)];
    if (page) return void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(page()));
    const service = serviceFor(request.method ?? '', pathOf(request));
    for (const backend of candidates(service, request.url)) {
      try {
        return await proxy.web(request, response, {
          target: backend.url,
          agent: agentOf(backend.port),
          headers: forwarded(request),
        });
      } catch (error) {
        if (wasRefused(error)) continue;
        return sendProblem(response, 502, 'unavailable');
      }
    }
    sendProblem(response, 503, 'unavailable');
  };

  const upgrade = async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const service = serviceFor('GET', pathOf(request));
    if (service !== 'gateway') return refuseUpgrade(socket, 404, 'Not Found');
    for (const backend of candidates(service, request.url)) {
      if (await accepts(backend.port))
        return await proxy.ws(request, socket, { target: backend.url, headers: forwarded(request) }, head);
    }
    refuseUpgrade(socket, 503, 'Service Unavailable');
  };

  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    // A refused client that does not close its side would keep the socket.
    socket.once('finish', () => socket.destroy());
    upgrade(request, socket, head).catch(() => socket.destroy());
  });
  await listen(server, { HOST: '127.0.0.1', PORT: options.port });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
        for (const agent of agents.values()) agent.destroy();
      }),
  };
}

/**
 * Provides only open sockets: when a connection is refused, no byte of the request has been read
 * yet.
 */
class ConnectedAgent extends Agent {
  override createConnection(
    options: { port: number },
    callback: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    const failed = (error: Error) => callback(error);
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.removeListener('error', failed);
      callback(null, socket);
    });
  }
}

/** Replaces the client's own claim about its address, because this is the outermost proxy. */
const forwarded = (request: IncomingMessage) => ({
  'x-forwarded-for': request.socket.remoteAddress ?? '',
  'x-forwarded-proto': 'http',
});

const wasRefused = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

function sendProblem(response: ServerResponse, status: number, code: ErrorCode): void {
  if (response.headersSent) return void response.destroy();
  const { text } = errorTable[code];
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    ...(status >= 500 && { 'Retry-After': '1' }),
  });
  response.end(JSON.stringify({ type: `urn:parley:error:${code}`, title: text, status, code, detail: text }));
}

function refuseUpgrade(socket: Socket, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
