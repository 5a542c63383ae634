import { type Backplane, MemoryBackplane, RedisBackplane } from '@parley/backplane';
import type { Server } from 'socket.io';
import type { GatewayContext } from './context.ts';

/** @param io its adapter subscribes to Redis */
export function createBackplane(context: GatewayContext, io: Server): Backplane {
  const { config, redis, metrics, logger, backplane } = context;
  if (!redis) return backplane ?? new MemoryBackplane();
  return new RedisBackplane({
    io,
    redis,
    namespace: config.NAMESPACE,
    lost: () => metrics.lostByBackplane(),
    logger,
  });
}
