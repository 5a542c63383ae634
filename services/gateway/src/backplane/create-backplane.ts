import type { Server } from 'socket.io';
import type { GatewayContext } from '../context.ts';
import type { Backplane } from './backplane.ts';
import { MemoryBackplane } from './memory-backplane.ts';
import { RedisBackplane } from './redis-backplane.ts';

/** @param io its adapter connects the gateways */
export function createBackplane({ config, redis, metrics, logger }: GatewayContext, io: Server): Backplane {
  if (!redis) return new MemoryBackplane();
  return new RedisBackplane({ io, redis, namespace: config.NAMESPACE, metrics, logger });
}
