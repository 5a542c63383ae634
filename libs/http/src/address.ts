import { isIP } from 'node:net';
import { plainAddress } from '@parley/runtime';
import type { Request } from 'express';

/**
 * The client's address, behind as many proxies as `TRUST_PROXY` says. Ignores an entry of
 * `X-Forwarded-For` that is not an address (some proxies add a port) in favour of the address that
 * connected to us.
 */
export function clientAddress(request: Request): string {
  const stated = (request.ip ?? '').replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  return plainAddress(isIP(stated) ? stated : (request.socket.remoteAddress ?? ''));
}
