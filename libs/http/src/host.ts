import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allOperations } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Logger, newId, type Rate, StartError } from '@parley/runtime';
import { atMost, pause } from '@parley/runtime/async';
import type { Tracing } from '@parley/tracing';
import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { corsOptions } from './cors-options.ts';
import { docsRouter } from './docs.ts';
import { healthRouter, showChecks } from './health.ts';
import { createLimiter } from './limiter.ts';
import type { Metrics } from './metrics.ts';
import { pipeline } from './pipeline.ts';
import { problemHandler } from './problem.ts';
import { stripPrefix } from './public-path.ts';
import type { Service } from './service.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { traced } from './traced.ts';

export interface HostConfig {
  NODE_ENV: 'development' | 'test' | 'production';
  HOST: string;
  PORT: number;
  CORS_ORIGINS: string[];
  PUBLIC_PATH: string;
  API_RATE: Rate | 'off';
  TRUST_PROXY: number;
  STOP_GRACE: number;
  SHUTDOWN_TIMEOUT: number;
}

export interface HostOptions {
  config: HostConfig;
  services: readonly Service[];
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

export interface Host {
  /** `http://host:port`, with the actual port. */
  url: string;
  app: Express;
  /**
   * Reports not ready, waits for `STOP_GRACE`, drains and closes within `SHUTDOWN_TIMEOUT`, then
   * stops the services.
   */
  stop(): Promise<void>;
}

/** Serves the routes of one or more services on one port. */
export async function startHost(options: HostOptions): Promise<Host> {
  let stopping: Promise<void> | undefined;
  const app = createApp(options, () => stopping !== undefined);
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 15_000,
      keepAliveTimeout: 65_000,
    },
    app,
  );
  for (const service of options.services) service.attach?.(server);
  stripPrefix(server, options.config.PUBLIC_PATH);
  await listen(server, options.config);
  const { address, port, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  options.logger.info({ url }, 'listening');
  const stop = async () => {
    const { STOP_GRACE, SHUTDOWN_TIMEOUT } = options.config;
    // Load balancers must notice that we are not ready while we still serve.
    await pause(STOP_GRACE);
    const deadline = performance.now() + SHUTDOWN_TIMEOUT;
    await atMost(
      SHUTDOWN_TIMEOUT,
      Promise.all(options.services.map((service) => service.drain?.(SHUTDOWN_TIMEOUT))),
    );
    await close(server, Math.max(deadline - performance.now(), 0));
    await Promise.all(options.services.map((service) => service.stop()));
  };
  return {
    url,
    app,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function createApp(options: HostOptions, isStopping: () => boolean): Express {
  const { config, services, metrics, logger, version } = options;
  const app = express();
  app.set('trust proxy', config.TRUST_PROXY);
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
      // URLs may contain invite tokens and `?token=`. Log the path without them and never the
      // query.
      serializers: {
        req: (request: { id: unknown; method: string; url: string }) => ({
          id: request.id,
          method: request.method,
          path: request.url.split('?')[0]?.replace(/invites\/[^/]+/, 'invites/…'),
        }),
      },
    }),
    helmet({
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      // Without TLS, browsers must not upgrade /docs on a local network to https.
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    }),
    cors(corsOptions(config.CORS_ORIGINS)),
    healthRouter({ services, metrics, isStopping }),
    docsRouter(
      { operations: allOperations, asyncApi: services.find((service) => service.asyncApi)?.asyncApi },
      version,
    ),
  );
  showChecks(services, metrics);
  mountRoutes(app, options);
  app.use(() => {
    throw new AppError('not_found');
  });
  app.use(problemHandler);
  return app;
}

function mountRoutes(
  app: Express,
  { services, verifier, metrics, config, tracing, answerTimeoutMs = 15_000 }: HostOptions,
): void {
  const limiter = (...per: string[]) => createLimiter({ setting: 'API_RATE', rate: config.API_RATE, per });
  const limits = { user: limiter('user'), address: limiter('address') };
  const routes = services.flatMap((service) => service.routes);
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
        metrics.httpDuration
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

/** @throws StartError when the address is taken, forbidden or not local */
export function listen(server: Server, config: Pick<HostConfig, 'HOST' | 'PORT'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: 'is taken by another program; choose another with PORT',
        EACCES: 'cannot be opened by this user; choose one above 1023 with PORT',
        EADDRNOTAVAIL: 'is not an address of this machine; choose another with HOST',
      };
      const reason = reasons[error.code ?? ''];
      reject(reason ? new StartError(`${config.HOST}:${config.PORT} ${reason}.`) : error);
    });
    server.listen(config.PORT, config.HOST, resolve);
  });
}

/**
 * Lets requests in flight finish for up to `timeoutMs`. Closes keep-alive connections once they are
 * idle.
 */
function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(idle);
      resolve();
    });
  });
}
