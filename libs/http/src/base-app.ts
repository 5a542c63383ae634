import { AppError } from '@parley/errors';
import { type Logger, newId } from '@parley/runtime';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { corsOptions } from './cors-options.ts';
import { loggedPath } from './logged-path.ts';
import { problemHandler } from './problem.ts';

/** Pages and files for browsers. They are the same for everyone, so they need no login. */
export interface Site {
  router: Router;
  /** Answers requests that nothing else has answered, or passes them on. */
  notFound?: RequestHandler;
}

/** An application without routes: the log line of each request, and the security headers. */
export function createBaseApp(logger: Logger, trustedProxies: number): Express {
  const app = express();
  app.set('trust proxy', trustedProxies);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(
    pinoHttp({
      logger,
      // A request's lines carry its `requestId` only; the last line describes the request.
      quietReqLogger: true,
      customAttributeKeys: { reqId: 'requestId' },
      genReqId: (request, response) => {
        const given = request.headers['x-request-id'];
        const id = typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : newId();
        response.setHeader('X-Request-Id', id);
        return id;
      },
      customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'debug'),
      // Headers and queries are not logged.
      serializers: {
        req: (request: { id: unknown; method: string; url: string }) => ({
          id: request.id,
          method: request.method,
          path: loggedPath(request.url),
        }),
        res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
      },
    }),
    helmet({
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      // Without TLS, browsers must not upgrade /docs on a local network to https.
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    }),
  );
  return app;
}

/** Refuses every request that nothing has answered. Mounted last. */
export function mountRefusals(app: Express, sites: readonly Site[]): void {
  for (const { notFound } of sites) if (notFound) app.use(notFound);
  app.use(() => {
    throw new AppError('not_found');
  });
  app.use(problemHandler);
}

/** Serves `sites` and nothing else: no API, and no documents about one. */
export function createSiteApp(options: { sites: readonly Site[]; pages: Router; logger: Logger }): Express {
  const { sites, pages, logger } = options;
  const app = createBaseApp(logger, 0);
  app.use(
    ...sites.map(({ router }) => router),
    // Refusals are the same for everyone. A page of another origin may read them, so that a mistake
    // in an address does not look like one in CORS.
    cors(corsOptions(['*'])),
    pages,
  );
  mountRefusals(app, sites);
  return app;
}
