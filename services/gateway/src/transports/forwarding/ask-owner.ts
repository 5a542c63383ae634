import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Peer } from './peer-registry.ts';

/** The gateway could not be reached: it has not seen the request, and its sessions have ended with it. */
export class OwnerGone extends Error {}
/** The gateway took the request and did not answer in time. */
export class OwnerLate extends Error {}

/** The client left before it was answered. */
export class ClientGone extends Error {}

export interface OwnerAnswer {
  response: IncomingMessage;
  /** If the owner has upgraded the connection: the connection, and what came with the answer. */
  upgraded?: { socket: Duplex; head: Buffer };
}

const connectWithinMs = 2_000;
/** These describe one connection and not the request. */
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
 * A body of unknown length has to stay delimited: Node.js sends one without a length as it is when the method usually has none, and
 * what a client put there would be taken for the next request of a connection that other clients share.
 */
export function bodyFraming({ 'transfer-encoding': coding }: IncomingHttpHeaders): IncomingHttpHeaders {
  return coding === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

/** A request to the owner with the method, address and headers of the client's. */
export function requestToOwner(
  owner: Peer,
  client: IncomingMessage,
  how: { headers: object; agent: Agent | false },
): ClientRequest {
  const { method, url, headers } = client;
  return openRequest({
    host: owner.host,
    port: owner.port,
    method: method ?? 'GET',
    path: url ?? '/',
    headers: { ...endToEndHeaders(headers), ...how.headers },
    agent: how.agent,
  });
}

/** @throws OwnerGone, OwnerLate, ClientGone, or what else went wrong after the owner was reached */
export function answerOf(asking: ClientRequest, withinMs: number): Promise<OwnerAnswer> {
  let reached = false;
  const late = setTimeout(() => asking.destroy(new OwnerLate()), withinMs);
  const unreachable = setTimeout(() => !reached && asking.destroy(), connectWithinMs);
  asking.once('socket', (socket) => {
    // One that is kept alive is connected already.
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
