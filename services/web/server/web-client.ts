import { webClientPaths } from '@parley/contracts';
import type { Site } from '@parley/http';
import { type Request, type Response, Router } from 'express';
import { builtFile } from './built-file.ts';
import { type File, WebBuild } from './web-build.ts';

/** Scripts, styles and requests come from this address alone. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the web client: its page at `/` and at the deep links, and its files, whose names contain
 * a hash of their content. A browser gets the page for an unknown address, too, which says so.
 * @throws StartError if it has not been built
 */
export function webClientSite(): Site {
  const index = builtFile('dist/web-client/index.html');
  let loaded: WebBuild | undefined;
  const build = () => {
    loaded ??= new WebBuild(index);
    return loaded;
  };
  const sendPage = (request: Request, response: Response, status: number) => {
    const page = build().page(request.path);
    response
      .status(status)
      .set({ ETag: page.tag, 'Cache-Control': 'no-cache', 'Content-Security-Policy': contentSecurityPolicy });
    send(request, response, page);
  };

  const router = Router();
  router.get('/assets/:name', (request, response, next) => {
    const file = build().asset(request.params.name);
    if (!file) return next();
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    send(request, response, file);
  });
  // Not as a route for all paths, which would answer the preflight requests of CORS.
  router.use((request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isPage = webClientPaths.test(request.path) && !request.path.startsWith('/assets/');
    if (isRead && isPage) sendPage(request, response, 200);
    else next();
  });
  return {
    router,
    notFound: (request, response, next) => {
      const isBrowser = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
      // The page would hide a mistake in the address of an API.
      const isApi = /^\/(api|assets|metrics|sdk)(\/|$)/i.test(request.path);
      if (isBrowser && !isApi) sendPage(request, response, 404);
      else next();
    },
  };
}

function send(request: Request, response: Response, { type, content, gzip }: File): void {
  response.set({ 'Content-Type': type, Vary: 'Accept-Encoding' });
  if (request.acceptsEncodings('gzip')) response.set('Content-Encoding', 'gzip').send(gzip);
  else response.send(content);
}
