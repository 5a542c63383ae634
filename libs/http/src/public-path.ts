import type { IncomingMessage, Server } from 'node:http';

/**
 * Removes the public prefix from an address. Addresses without it stay the same, because probes do
 * not use it and some proxies strip it.
 */
export function withoutPrefix(url: string, prefix: string): string {
  const rest = url.slice(prefix.length);
  if (prefix === '' || !url.startsWith(prefix) || !/^(?:[/?]|$)/.test(rest)) return url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Removes the prefix from every request and upgrade before other listeners run. Call it after all
 * listeners are attached.
 */
export function stripPrefix(server: Server, prefix: string): void {
  if (prefix === '') return;
  const strip = (request: IncomingMessage) => {
    request.url = withoutPrefix(request.url ?? '/', prefix);
  };
  server.prependListener('request', strip);
  server.prependListener('upgrade', strip);
}
