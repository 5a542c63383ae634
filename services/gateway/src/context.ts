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
}

export async function createContext(
  config: GatewayConfig,
  infrastructure: Infrastructure,
): Promise<GatewayContext> {
  return {
    ...infrastructure,
    config,
    metrics: new GatewayMetrics(infrastructure.metrics),
    redis: config.REDIS_URL ? await connectRedis(config.REDIS_URL, infrastructure.logger) : undefined,
    registry: new ConnectionRegistry(),
  };
}
