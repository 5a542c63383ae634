import type { Logger } from '@parley/runtime';
import type { QueueType } from './topology.ts';

export interface RabbitBusOptions {
  /**
   * Address of a broker, or of several nodes of a cluster, separated by commas. The bus connects to
   * any of them and moves to the next when that node fails.
   */
  url: string;
  /** Prefix of every exchange and queue. */
  namespace: string;
  logger: Logger;
  /** Maximum number of unconfirmed events; further ones wait. @default 500 */
  window?: number;
  /** Rejects an event that is not confirmed in this time. @default 5000 */
  publishTimeoutMs?: number;
  /** How long `connect` keeps trying. @default 30_000 */
  connectTimeoutMs?: number;
  /** Treats a broker that is silent for two to three of these intervals as lost. @default 5 */
  heartbeatSeconds?: number;
  /**
   * How often members of a group announce themselves to share its partitions. A member that misses
   * three announcements is gone. @default 2000
   */
  beatMs?: number;
  /** @default 'classic' */
  queueType?: QueueType;
  /**
   * The setting `TIMELINE_PARTITIONS`. Must be the same in all processes of a namespace.
   * @default 2
   */
  timelinePartitions?: number;
}
