import { connectRedis, type RedisClients } from '@parley/backplane';
import type { Infrastructure } from '@parley/service';
import type { GatewayConfig } from './config.ts';
import { ConnectionRegistry } from './connections/connection-registry.ts';
import { GatewayMetrics } from './gateway-metrics.ts';

/** Everything that the parts of the gateway share. */
export interface GatewayContext extends Omit<Infrastructure, 'metrics'> {
  config: GatewayConfig;
  metrics: GatewayMetrics;
  /** Undefined for a single gateway. */
  redis: RedisClients | undefined;
  registry: ConnectionRegistry;
  /** To be removed in the next release. */
  lastRelease: {
    /**
     * Whether gateways of the last release may run beside this one. They receive statuses
     * otherwise. Every renewal of this gateway's registration updates it.
     */
    runsBeside: boolean;
  };
}

export async function createContext(
  config: GatewayConfig,
  infrastructure: Infrastructure,
): Promise<GatewayContext> {
  const redis = config.REDIS_URL ? await connectRedis(config.REDIS_URL, infrastructure.logger) : undefined;
  return {
    ...infrastructure,
    config,
    metrics: new GatewayMetrics(infrastructure.metrics),
    redis,
    registry: new ConnectionRegistry(),
    lastRelease: { runsBeside: redis !== undefined },
  };
}
