import type { IncomingMessage, Server } from 'node:http';
import { Router } from 'express';

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
 * listeners are attached. Requests for the bare prefix stay: `prefixRouter` redirects them.
 */
export function stripPrefix(server: Server, prefix: string): void {
  if (prefix === '') return;
  const strip = (request: IncomingMessage) => {
    request.url = withoutPrefix(request.url ?? '/', prefix);
  };
  server.prependListener('request', (request: IncomingMessage) => {
    if (request.url?.split('?')[0] !== prefix) strip(request);
  });
  server.prependListener('upgrade', strip);
}

/**
 * Redirects `/chat` to `/chat/`. The links of the page there are relative, so without the slash
 * they would lead out of the prefix.
 */
export function prefixRouter(prefix: string): Router {
  const router = Router({ strict: true, caseSensitive: true });
  if (prefix !== '')
    router.get(prefix, ({ url }, response) => response.redirect(url.replace(prefix, `${prefix}/`)));
  return router;
}
