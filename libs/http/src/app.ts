import { allOperations } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Metrics, secondsBuckets } from '@parley/metrics';
import type { Logger, Rate } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import cors from 'cors';
import type { Express, Router } from 'express';
import { createBaseApp, mountRefusals, type Site } from './base-app.ts';
import { corsOptions } from './cors-options.ts';
import { docsRouter } from './docs.ts';
import { createLimiter } from './limiter.ts';
import { pipeline } from './pipeline.ts';
import type { Route } from './route.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { traced } from './traced.ts';

export interface AppConfig {
  NODE_ENV: 'development' | 'test' | 'production';
  CORS_ORIGINS: string[];
  API_RATE: Rate | 'off';
  KEY_RATE: Rate | 'off';
  TRUST_PROXY: number;
}

export interface AppOptions {
  config: AppConfig;
  routes: readonly Route[];
  /** The AsyncAPI document, if the process serves sockets. */
  asyncApi?: ((version: string) => object) | undefined;
  /** Pages about the process that need no login, such as its health checks. */
  pages: Router;
  /** The first one that has a page answers. @default none */
  sites?: readonly Site[] | undefined;
  verifier: TokenVerifier;
  metrics: Metrics;
  logger: Logger;
  version: string;
  /** Absent when tracing is off. */
  tracing?: Tracing | undefined;
  /**
   * Maximum time for an answer; then the request fails with `timeout`. Must exceed the timeouts of
   * all dependencies. @default 15000
   */
  answerTimeoutMs?: number;
}

/** Answers the routes of a process: a request passes from top to bottom. */
export function createApp(options: AppOptions): Express {
  const { config, asyncApi, pages, sites = [], logger, version } = options;
  const app = createBaseApp(logger, config.TRUST_PROXY);
  app.use(
    // Not restricted to CORS_ORIGINS, because they are not personal.
    ...sites.map(({ router }) => router),
    cors(corsOptions(config.CORS_ORIGINS)),
    pages,
    docsRouter({ operations: allOperations, asyncApi }, version),
  );
  mountRoutes(app, options);
  mountRefusals(app, sites);
  return app;
}

function mountRoutes(
  app: Express,
  { routes, verifier, metrics, config, tracing, answerTimeoutMs = 15_000 }: AppOptions,
): void {
  const limiter = (...per: string[]) => createLimiter({ setting: 'API_RATE', rate: config.API_RATE, per });
  const key = createLimiter({ setting: 'KEY_RATE', rate: config.KEY_RATE, per: ['key'] });
  const limits = { user: limiter('user'), key, address: limiter('address') };
  const durations = metrics.histogram(
    'http_request_duration_seconds',
    'Time to answer REST requests',
    ['method', 'route', 'status'],
    secondsBuckets,
  );
  const methodsOf = new Map<string, string[]>();
  for (const route of routes) {
    const { method, path } = route.operation;
    methodsOf.set(path, [...(methodsOf.get(path) ?? []), method.toUpperCase()]);
    const serve = pipeline(route, {
      verifier,
      limits,
      checkResponses: config.NODE_ENV !== 'production',
      answerTimeoutMs,
    });
    const handler = tracing ? traced(tracing, `${method.toUpperCase()} ${path}`, serve) : serve;
    app[method](path, (request, response, next) => {
      const startedAt = performance.now();
      response.on('close', () => {
        durations
          .of(method, path, String(response.statusCode))
          .record((performance.now() - startedAt) / 1_000);
      });
      return handler(request, response, next);
    });
  }
  // After all routes, so that a parameter of another path does not shadow a static path.
  for (const [path, methods] of methodsOf) {
    app.route(path).all((_request, response) => {
      response.setHeader('Allow', methods.join(', '));
      throw new AppError('method_not_allowed');
    });
  }
}
