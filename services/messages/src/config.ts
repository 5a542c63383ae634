import {
  commonSettings,
  databaseSettings,
  duration,
  durationOrOff,
  integer,
  nodeUrls,
  rate,
} from '@parley/runtime';
import { z } from 'zod';
import { messageRates } from './message-rates.ts';

export const messagesConfig = z.object({
  ...commonSettings,
  ...databaseSettings,
  PORT: integer(3003, 0, 65_535),
  /**
   * `writer` writes what is submitted to the rooms, and answers no reads. `reader` serves the REST
   * API (whose writes are submitted, too), history, sync, heads and gaps. Each process has its own
   * pool of connections, so reads cannot delay writes. Both roles must run; `both` is one process.
   */
  MESSAGES_ROLE: z.enum(['writer', 'reader', 'both']).default('both'),
  /**
   * Several databases, separated by commas, that share the rooms. The first one is the home
   * database, which also has what belongs to users. Absent: `DATABASE_URL` has everything.
   */
  MESSAGES_DATABASE_URLS: nodeUrls(/^postgres(ql)?$/).optional(),
  /**
   * A streaming replica of the (home) database that serves history and sync while it is up to
   * date. Absent: no replica.
   */
  DATABASE_REPLICA_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /**
   * Redis, or several nodes of a Redis Cluster: the gateways'. Absent: changes reach gateways in
   * other processes over the broker, which is slower.
   */
  REDIS_URL: nodeUrls(/^rediss?$/).optional(),
  /**
   * Messages, edits and reactions per user and room, by client contract. The room's only writer
   * enforces the limit, so it holds across all replicas of all services.
   */
  MESSAGE_RATE: messageRates('5/10s'),
  /** Mentions of all members of a room, by whomever, enforced by its writer. */
  ROOM_MENTION_RATE: rate('1/5m'),
  /**
   * Rooms with more members have no live receipts of other users: a reader's own connections
   * receive them, and the authors of messages ask for counts.
   */
  RECEIPTS_UP_TO: integer(100, 0, 100_000),
  /** Searches of each user, per process. */
  SEARCH_RATE: rate('30/m'),
  /** How long REST writes wait for the room's writer. */
  SUBMIT_TIMEOUT: duration('10s'),
  /** An erased user's messages stay in their rooms without the name (`keep`) or are deleted. */
  ERASE_MESSAGES: z.enum(['keep', 'delete']).default('keep'),
  /**
   * Age at which messages expire: they permanently become like deleted ones. `off`: never.
   * `sweepEveryMs` bounds how late they expire.
   */
  MESSAGE_RETENTION: durationOrOff('off', '1m'),
});
export type MessagesConfig = z.output<typeof messagesConfig>;
