import type { Server } from 'socket.io';
import type { GatewayContext } from '../context.ts';
import type { Backplane } from './backplane.ts';
import { MemoryBackplane } from './memory-backplane.ts';
import { RedisBackplane } from './redis-backplane.ts';
import { TracedBackplane } from './traced-backplane.ts';

/** @param io its adapter connects the gateways */
export function createBackplane(context: GatewayContext, io: Server): Backplane {
  const { config, redis, metrics, logger, tracing, clock } = context;
  const backplane = redis
    ? new RedisBackplane({ io, redis, namespace: config.NAMESPACE, metrics, logger })
    : new MemoryBackplane();
  return tracing ? new TracedBackplane(backplane, tracing, clock) : backplane;
}
