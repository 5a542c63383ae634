import { homeRouter } from '@parley/http';
import type { Infrastructure, Service } from '@parley/service';
import type { GatewayConfig } from './config.ts';
import { createCore } from './core.ts';
import { asyncApiDocument } from './dialects/async-api.ts';
import { createTransports } from './transports/create-transports.ts';
import { drain } from './transports/drain.ts';

export { type GatewayConfig, gatewayConfig } from './config.ts';

/** The share of the stop timeout over which connections may be closed. */
const windowShare = 0.8;

export async function createService(config: GatewayConfig, infrastructure: Infrastructure): Promise<Service> {
  const core = await createCore(config, infrastructure);
  const { io, context, connections, protocol, consumers, submitter } = core;
  const { bus, metrics, redis, registry } = context;
  const transports = createTransports(context, { io, connections, protocol });
  metrics.watch({
    connections: () => registry.all(),
    pendingSubmissions: () => submitter.pending,
    redis: () => redis?.connected() ?? {},
    forwards: () => transports.forwarding?.inFlight ?? {},
  });

  return {
    name: 'gateway',
    routes: [],
    // Redis is not checked: without it the gateway still serves its own connections.
    checks: { bus: () => bus.ping() },
    site: { router: homeRouter() },
    asyncApi: (version) => asyncApiDocument(version, config.PUBLIC_PATH),
    attach: (server) => transports.attach(server),
    drain: async (withinMs) => {
      const windowMs = Math.min(config.DRAIN_WINDOW, withinMs * windowShare);
      const { inFlight } = protocol;
      const drained = drain({ registry, inFlight, windowMs, answerMs: withinMs - windowMs });
      // Others take over the partitions. A single gateway keeps them while it has connections.
      if (redis) await consumers.closePartitions();
      await Promise.all([drained, transports.forwarding?.drain(windowMs)]);
      await transports.forwarding?.leave();
      transports.close();
    },
    stop: async () => {
      transports.forwarding?.close();
      await core.stop();
    },
  };
}
