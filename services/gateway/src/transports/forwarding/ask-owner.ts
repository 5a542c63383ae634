import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Peer } from './peer-registry.ts';

/** The owner could not be reached. It has not seen the request, and its sessions are gone. */
export class OwnerGone extends Error {}
/** The owner accepted the request and did not answer in time. */
export class OwnerLate extends Error {}

/** The client disconnected before the answer. */
export class ClientGone extends Error {}

export interface OwnerAnswer {
  response: IncomingMessage;
  /** If the owner upgraded the connection: the socket, and the data received with the answer. */
  upgraded?: { socket: Duplex; head: Buffer };
}

const connectWithinMs = 2_000;
/** Headers of one connection, not of the request. */
const hopByHop = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export function endToEndHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));
}

/**
 * Keeps a body of unknown length delimited. Node.js sends such a body undelimited for methods that
 * usually have none. The owner would take it for the next request on a connection shared with other
 * clients.
 */
export function bodyFraming({ 'transfer-encoding': coding }: IncomingHttpHeaders): IncomingHttpHeaders {
  return coding === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

/** Opens a request to the owner with the client's method, path and headers. */
export function requestToOwner(
  owner: Peer,
  client: IncomingMessage,
  options: { headers: object; agent: Agent | false },
): ClientRequest {
  const { method, url, headers } = client;
  return openRequest({
    host: owner.host,
    port: owner.port,
    method: method ?? 'GET',
    path: url ?? '/',
    headers: { ...endToEndHeaders(headers), ...options.headers },
    agent: options.agent,
  });
}

/** @throws OwnerGone, OwnerLate, ClientGone, or any other error after the owner was reached */
export function answerOf(asking: ClientRequest, withinMs: number): Promise<OwnerAnswer> {
  let reached = false;
  const late = setTimeout(() => asking.destroy(new OwnerLate()), withinMs);
  const unreachable = setTimeout(() => !reached && asking.destroy(), connectWithinMs);
  asking.once('socket', (socket) => {
    // A kept-alive socket is already connected.
    if (!socket.connecting) reached = true;
    else socket.once('connect', () => (reached = true));
  });
  const answered = new Promise<OwnerAnswer>((resolve, reject) => {
    asking.once('response', (response) => resolve({ response }));
    asking.once('upgrade', (response, socket, head) => resolve({ response, upgraded: { socket, head } }));
    asking.on('error', (error) => reject(reached || error instanceof ClientGone ? error : new OwnerGone()));
    asking.once('close', () => reject(reached ? new Error('the owner did not answer') : new OwnerGone()));
  });
  return answered.finally(() => {
    clearTimeout(late);
    clearTimeout(unreachable);
  });
}
