import type { Bus } from '@parley/bus';
import type { Database } from '@parley/database';
import type { Egress } from '@parley/egress';
import type { Clock, Logger, Maximum } from '@parley/runtime';
import type { Submitter } from '@parley/timeline';
import type { SecretBox } from '../secret-box.ts';
import type { BotOwners } from './bot-owners.ts';
import type { HookMetrics } from './hook-metrics.ts';

/** The dependencies of every use case. */
export interface Context {
  db: Database;
  bus: Bus;
  /** The only way to receivers. */
  egress: Egress;
  logger: Logger;
  newId: () => string;
  clock: Clock;
  /** From 0 to 1, for jitter. */
  random: () => number;
  metrics: HookMetrics;
  maxHooks: Maximum;
  /** How long a receiver may take to answer, as the guard enforces it. */
  timeoutMs: number;
  botOwners: BotOwners;
  secretBox: SecretBox;
  /** Writes to rooms. */
  submitter: Submitter;
  /** Counts a message of an incoming webhook. @throws AppError `rate_limit` */
  limitIncoming(hookId: string): Promise<void>;
  /** Work may have become due: the dispatcher looks at once. */
  kick(): void;
}

/** The time of a use case as the database stores it. */
export const nowOf = ({ clock }: Pick<Context, 'clock'>): Date => new Date(clock());
