import { commonSettings, databaseSettings, integer, nodeUrls } from '@parley/runtime';
import { z } from 'zod';

export const notificationsConfig = z.object({
  ...commonSettings,
  ...databaseSettings,
  PORT: integer(3004, 0, 65_535),
  /**
   * Redis, or several nodes of a Redis Cluster: the gateways'. Absent: live notifications reach
   * gateways in other processes over the broker, which costs more.
   */
  REDIS_URL: nodeUrls(/^rediss?$/).optional(),
  /** In rooms with more members than this, a message notifies only those whom it mentions. */
  NOTIFY_ALL_UP_TO: integer(50, 2, 1_000),
});
export type NotificationsConfig = z.output<typeof notificationsConfig>;
