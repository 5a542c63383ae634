import type { Server } from 'node:http';
import type { Bus } from '@parley/bus';
import type { ServiceName } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { Metrics } from './metrics.ts';
import type { Route } from './route.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** What a service gets from whoever composes it: its own `main.ts` (a fleet) or the embedded start (one process). */
export interface Infrastructure {
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
  verifier: TokenVerifier;
  clock: Clock;
  newId: () => string;
  /** Absent: tracing is off. The bus, where it is on, traces by itself. */
  tracing?: Tracing | undefined;
}

/** A running service, before anything is served over HTTP: `createService(config, infrastructure)` answers one. */
export interface Service {
  name: ServiceName;
  routes: readonly Route[];
  /** Readiness: each throws while its part cannot do its work. */
  checks: Readonly<Record<string, () => void | Promise<void>>>;
  /** What is said over its sockets, as an AsyncAPI document. */
  asyncApi?(version: string): object;
  /** For what takes over upgrades on the HTTP server (sockets). */
  attach?(server: Server): void;
  /** First half of stopping, while requests are still served: turn new ones away, let live connections go. After `withinMs` nobody waits for it any more. */
  drain?(withinMs: number): Promise<void>;
  /** Releases everything. Called after the HTTP server has closed. */
  stop(): Promise<void>;
}
