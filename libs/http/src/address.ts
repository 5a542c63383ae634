import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress } from '@parley/runtime';
import type { Request } from 'express';

/**
 * The client's address, behind as many proxies as `TRUST_PROXY` says. Ignores an entry of
 * `X-Forwarded-For` that is not an address (some proxies add a port) in favour of the address that
 * connected to us.
 */
export function clientAddress(request: Request): string {
  return addressFrom(request.ip ?? '', request);
}

/**
 * The same for a request that bypasses Express.
 * @param trustedProxies `TRUST_PROXY`
 */
export function rawClientAddress(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const hops = trustedProxies === 0 ? [] : forwarded.slice(-trustedProxies);
  return addressFrom(hops[0]?.trim() ?? '', request);
}

function addressFrom(stated: string, { socket }: IncomingMessage): string {
  const bare = stated.replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  return plainAddress(isIP(bare) ? bare : (socket.remoteAddress ?? ''));
}
