import {
  type BackplaneMessage,
  type BackplanePublisher,
  ChangePublisher,
  connectCommands,
  RedisPublisher,
} from '@parley/backplane';
import { type Bus, RabbitBus } from '@parley/bus';
import type { Membership, RoomState } from '@parley/contracts';
import { createLogger, newId, systemClock } from '@parley/runtime';
import type { BootedService } from '@parley/testkit/boot-service';

export interface Person {
  userId: string;
  username: string;
  isBot?: true;
}
export const person = (username: string): Person => ({ userId: newId(), username });

export type Gateway = BootedService;
export type Servers = Record<'amqpUrl' | 'redisUrl', string>;

/** The value of a metric, summed over labels. */
export async function metric(gateway: Gateway, name: string): Promise<number> {
  const found = await gateway.metrics.registry.getSingleMetric(`parley_${name}`)?.get();
  return (found?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

export function membership(room: RoomState, person: Person, version: number): Membership {
  const { userId, username, isBot } = person;
  return {
    ...{ roomId: room.id, userId, username },
    ...(isBot && { isBot }),
    ...{ role: 'member', canSend: true, version },
  };
}

export const gatewayEnv = (namespace: string, { amqpUrl, redisUrl }: Servers) => ({
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  NAMESPACE: namespace,
  AMQP_URL: amqpUrl,
  REDIS_URL: redisUrl,
  TIMELINE_PARTITIONS: '2',
  ...{ STOP_GRACE: '0ms', DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '2s' },
  SOCKET_EVENT_RATE: 'off',
  // Hand-written polling clients poll only when the test does.
  POLL_TIMEOUT: '60s',
});

export const connectBus = (url: string, namespace: string): Promise<Bus> =>
  RabbitBus.connect({ url, namespace, logger: createLogger({ service: 'test', level: 'silent' }) });

/**
 * Publishes as the messages service does.
 * @param loses whether a message is lost on its way, unnoticed
 */
export function createPublisher({
  bus,
  redisUrl,
  namespace,
  loses,
}: {
  bus: Bus;
  redisUrl: string;
  namespace: string;
  loses: (message: BackplaneMessage) => boolean;
}): ChangePublisher {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const redis = connectCommands(redisUrl, logger);
  const sending = new RedisPublisher({ redis, namespace, lost: () => undefined, logger });
  const backplane: BackplanePublisher = {
    publish: async (keys, message) => loses(message) || sending.publish(keys, message),
    close: () => sending.close(),
  };
  return new ChangePublisher({ backplane, bus, clock: systemClock, newId, logger });
}
