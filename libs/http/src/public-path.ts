import type { IncomingMessage, Server } from 'node:http';

/**
 * An address without the public prefix. One that does not have it stays as it is: probes come without it, and so does what a
 * proxy has stripped already.
 */
export function withoutPrefix(url: string, prefix: string): string {
  const rest = url.slice(prefix.length);
  if (prefix === '' || !url.startsWith(prefix) || !/^(?:[/?]|$)/.test(rest)) return url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Removes the prefix from every request and upgrade before anything else sees it. Call it after everything else listens. */
export function stripPrefix(server: Server, prefix: string): void {
  if (prefix === '') return;
  const strip = (request: IncomingMessage) => {
    request.url = withoutPrefix(request.url ?? '/', prefix);
  };
  server.prependListener('request', strip);
  server.prependListener('upgrade', strip);
}
