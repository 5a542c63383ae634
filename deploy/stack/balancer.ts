import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServiceName, serviceFor } from '@parley/contracts';
import { type ErrorCode, errorTable } from '@parley/errors';
import { listen, withoutPrefix } from '@parley/http';
import { createProxyServer } from 'httpxy';
import { RoundRobin } from './round-robin.ts';
import { SessionAffinity } from './session-affinity.ts';

/** Where requests can be sent; `ready` changes as the process behind it comes and goes. */
export interface Backend {
  readonly url: string;
  readonly port: number;
  readonly ready: boolean;
}

export interface BalancerOptions {
  port: number;
  backends: (service: ServiceName) => readonly Backend[];
  /** Sends the requests of a Socket.IO session to the gateway that it belongs to. `false`: each to the next gateway. @default true */
  affinity?: boolean;
  /** The prefix of every path at the public address. The services strip it, see `PUBLIC_PATH`. @default none */
  publicPath?: string | undefined;
  /** Path → what is answered, as JSON: for what the stack itself tells. */
  pages: Readonly<Record<string, () => unknown>>;
}

export interface Balancer {
  url: string;
  /** Cuts off whoever is still connected. */
  stop(): Promise<void>;
}

/** Longer than any service lets a request take, so that theirs is the answer. */
const answerTimeoutMs = 60_000;
/** As the services do. Node's own 5 s would close connections under clients that are about to use them again. */
const keepAliveMs = 65_000;

/**
 * The one public address: sends each request and upgrade to a replica of the service that serves its path, in turn.
 * Another replica is tried only when the connection was refused, when nothing can have been done yet; else a failure is told (502, 503).
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
    if (!service) return sendProblem(response, 404, 'not_found');
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
    if (!service) return refuseUpgrade(socket, 404, 'Not Found');
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

/** Hands a connection over only once it is open: of a request whose connection was refused, no byte has been read yet. */
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

/** What a client says about its own address is replaced: we are the outermost proxy. */
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
