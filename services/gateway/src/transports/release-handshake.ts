import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'socket.io';

const noHeaders = {};
const encrypted = { encrypted: true };
const plain = { encrypted: false };
const released = { headers: noHeaders, query: {}, auth: {} };

/**
 * Lets go of what a connection was opened with: the request with all its headers, and the token, which are kilobytes each and would stay for as long as the
 * connection does. What another namespace of the same transport may still be authenticated by is kept.
 */
export function releaseHandshake(socket: Socket): void {
  const { headers, query, secure } = socket.handshake;
  const kept = headers.authorization === undefined ? noHeaders : { authorization: headers.authorization };
  Object.assign(socket.conn, {
    request: { headers: kept, connection: secure ? encrypted : plain, _query: query },
  });
  Object.assign(socket, { handshake: released });
}

/** A middleware of Engine.IO, after those that set headers: what stands for the response to an upgrade lives as long as the network's socket, and would keep the request with it. */
export function releaseResponse(_request: IncomingMessage, response: object, next: () => void): void {
  if (!(response instanceof ServerResponse)) Object.assign(response, { req: undefined });
  next();
}
