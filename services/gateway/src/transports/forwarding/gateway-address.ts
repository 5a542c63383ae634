import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Address {
  host: string;
  port: number;
}

/**
 * The address at which other gateways reach this one.
 * @param given `GATEWAY_ADDRESS`: `host`, `host:port` or `[IPv6]:port`
 * @param listening the host and port of the HTTP server
 */
export function gatewayAddress(given: string | undefined, listening: Address): Address {
  if (given === undefined) return { host: ownHost(listening.host), port: listening.port };
  if (isIPv6(given)) return { host: given, port: listening.port };
  const [, bracketed, plain = '', port] = /^(?:\[(.+)\]|([^:[\]\s/]+))(?::(\d+))?$/.exec(given) ?? [];
  return { host: bracketed ?? plain, port: port === undefined ? listening.port : Number(port) };
}

export function isGatewayAddress(given: string): boolean {
  if (isIPv6(given)) return true;
  const { host, port } = gatewayAddress(given, { host: '', port: 1 });
  return host !== '' && (!given.startsWith('[') || isIPv6(host)) && port > 0 && port <= 65_535;
}

const everywhere = new Set(['0.0.0.0', '::']);

/** The host that the server listens on, or the machine's own address if it listens on all. */
function ownHost(host: string): string {
  if (!everywhere.has(host)) return host;
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const outward = addresses.filter(({ internal, scopeid }) => !internal && !scopeid);
  const best = outward.find(({ family }) => family === 'IPv4') ?? outward[0];
  return best?.address ?? '127.0.0.1';
}
