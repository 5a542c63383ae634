import type { Server } from 'node:http';
import type { Backplane } from '@parley/backplane';
import type { Bus } from '@parley/bus';
import type { ServiceName } from '@parley/contracts';
import type { Route, Site, TokenVerifier } from '@parley/http';
import type { Metrics } from '@parley/metrics';
import type { Clock, Logger } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';

/** The dependencies of a service. They come from its own `main.ts` or from the embedded start. */
export interface Infrastructure {
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
  verifier: TokenVerifier;
  clock: Clock;
  newId: () => string;
  /** Connects the services of one process. Absent: each uses Redis. */
  backplane?: Backplane | undefined;
  /** Absent when tracing is off. The bus traces by itself. */
  tracing?: Tracing | undefined;
}

/**
 * A running service before it is served over HTTP, created by `createService(config,
 * infrastructure)`.
 */
export interface Service {
  name: ServiceName;
  routes: readonly Route[];
  /** Readiness checks. Each throws while its dependency does not work. */
  checks: Readonly<Record<string, () => void | Promise<void>>>;
  site?: Site;
  /** The AsyncAPI document of its sockets. */
  asyncApi?(version: string): object;
  /** Attaches listeners for upgrades to the HTTP server (sockets). */
  attach?(server: Server): void;
  /**
   * The first phase of stopping, while requests are still served: refuse new connections and
   * release live ones. The host continues after `withinMs`.
   */
  drain?(withinMs: number): Promise<void>;
  /** Releases everything. Called after the HTTP server has closed. */
  stop(): Promise<void>;
}
