import { ChangePublisher, connectCommands, RedisPublisher } from '@parley/backplane';
import type { Infrastructure } from '@parley/service';
import type { MessagesConfig } from './config.ts';

/** Publishes to the gateways over Redis, which may be away, or within the process. */
export function createPublisher(
  { REDIS_URL: urls, NAMESPACE: namespace }: Pick<MessagesConfig, 'REDIS_URL' | 'NAMESPACE'>,
  infrastructure: Infrastructure,
): ChangePublisher {
  const { backplane, metrics, logger } = infrastructure;
  if (!urls) return new ChangePublisher({ ...infrastructure, backplane });
  const failures = metrics
    .counter('messages_backplane_failures_total', 'Messages that could not be published to gateways')
    .of();
  const redis = connectCommands(urls, logger);
  metrics.gauge('messages_redis_connected', 'Whether Redis can be reached', [], (gauge) =>
    gauge.set(redis.commands.status === 'ready' ? 1 : 0),
  );
  const lost = () => failures.add();
  return new ChangePublisher({
    ...infrastructure,
    backplane: new RedisPublisher({ redis, namespace, lost, logger }),
  });
}
