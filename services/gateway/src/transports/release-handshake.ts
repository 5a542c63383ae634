import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'socket.io';

const noHeaders = {};
const encrypted = { encrypted: true };
const plain = { encrypted: false };
const released = { headers: noHeaders, query: {}, auth: {} };

/**
 * Frees the request that opened a connection and its token, which take kilobytes each and would
 * otherwise live as long as the connection. Keeps the headers that authenticate further namespaces
 * of the same transport.
 */
export function releaseHandshake(socket: Socket): void {
  const { headers, query, secure } = socket.handshake;
  const { authorization, token } = headers;
  const kept =
    authorization === undefined && token === undefined
      ? noHeaders
      : { ...(authorization !== undefined && { authorization }), ...(token !== undefined && { token }) };
  Object.assign(socket.conn, {
    request: { headers: kept, connection: secure ? encrypted : plain, _query: query },
  });
  Object.assign(socket, { handshake: released });
}

/**
 * An Engine.IO middleware, to run after those that set headers. The object that stands for the
 * response to an upgrade lives as long as the socket, and would keep the request alive.
 */
export function releaseResponse(_request: IncomingMessage, response: object, next: () => void): void {
  if (!(response instanceof ServerResponse)) Object.assign(response, { req: undefined });
  next();
}
