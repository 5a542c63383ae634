import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, prefixRouter, stripPrefix } from '@parley/http';
import type { Metrics } from '@parley/metrics';
import type { Logger } from '@parley/runtime';
import { atMost, pause } from '@parley/runtime/async';
import express, { type Express, Router } from 'express';
import { healthRouter, metricsRouter, showChecks } from './health.ts';
import type { Service } from './service.ts';
import { closeStalledClients } from './stalled-clients.ts';

export interface ServeConfig {
  HOST: string;
  PORT: number;
  METRICS_PORT: number;
  PUBLIC_PATH: string;
  STOP_GRACE: number;
  SHUTDOWN_TIMEOUT: number;
}

export interface ServeOptions {
  config: ServeConfig;
  services: readonly Service[];
  metrics: Metrics;
  logger: Logger;
  /** The address at which `METRICS_PORT` is opened. @default HOST */
  metricsHost?: string | undefined;
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

/**
 * Serves an application on one port, and its metrics on another, because clients reach the first.
 * @param createApp receives the health checks, which the application must contain
 * @throws StartError when a port is taken
 */
export async function serve(options: ServeOptions, createApp: (pages: Router) => Express): Promise<Host> {
  let stopping: Promise<void> | undefined;
  const { config, services, metrics } = options;
  const isStopping = () => stopping !== undefined;
  const app = createApp(
    Router().use(prefixRouter(config.PUBLIC_PATH), healthRouter({ services, isStopping })),
  );
  showChecks(services, metrics);
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 15_000,
      keepAliveTimeout: 65_000,
      // How often the first two are enforced.
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  closeStalledClients(server);
  for (const service of services) service.attach?.(server);
  stripPrefix(server, config.PUBLIC_PATH);
  // First, so that a process that accepts requests can be observed.
  const metricsServer = await serveMetrics(options);
  try {
    await listen(server, config);
  } catch (error) {
    metricsServer?.close();
    throw error;
  }
  const { address, port, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  options.logger.info({ url }, 'listening');
  const stop = async () => {
    const { STOP_GRACE, SHUTDOWN_TIMEOUT } = config;
    // Load balancers must notice that we are not ready while we still serve.
    await pause(STOP_GRACE);
    const deadline = performance.now() + SHUTDOWN_TIMEOUT;
    await atMost(SHUTDOWN_TIMEOUT, Promise.all(services.map((service) => service.drain?.(SHUTDOWN_TIMEOUT))));
    metricsServer?.close();
    metricsServer?.closeAllConnections();
    await close(server, Math.max(deadline - performance.now(), 0));
    await Promise.all(services.map((service) => service.stop()));
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

async function serveMetrics({ config, metrics, metricsHost }: ServeOptions): Promise<Server | undefined> {
  const { HOST, METRICS_PORT } = config;
  if (METRICS_PORT === 0) return undefined;
  const server = createServer(express().use(metricsRouter(metrics)));
  await listen(server, { HOST: metricsHost ?? HOST, PORT: METRICS_PORT }, 'METRICS_PORT');
  return server;
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
