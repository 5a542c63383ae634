import { egressSettings } from '@parley/egress';
import { commonSettings, databaseSettings, duration, integer, rate } from '@parley/runtime';
import { z } from 'zod';

const sealingSecret = z.string().min(32, 'at least 32 characters each');

export const hooksConfig = z.object({
  ...commonSettings,
  ...databaseSettings,
  ...egressSettings,
  PORT: integer(3007, 0, 65_535),
  /**
   * Encrypts the secrets of webhooks in the database: at least 32 characters, the same for all
   * replicas. Several are separated by commas: the first one encrypts, the others are former ones.
   */
  HOOKS_SECRET: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.tuple([sealingSecret], sealingSecret)),
  /** Webhooks of one user. */
  MAX_HOOKS: integer(20, 1, 1_000),
  /** Deliveries that one replica has in flight. Half of them are kept for fast receivers. */
  HOOK_CONCURRENCY: integer(50, 2, 1_000),
  /** How long a receiver may take to answer, with its redirects. */
  HOOK_TIMEOUT: duration('5s').refine((ms) => ms >= 100 && ms <= 30_000, 'write 100ms to 30s'),
  /** Messages that programs may write by one incoming webhook, to one replica. */
  INCOMING_RATE: rate('60/m'),
  /** How long they wait for the room's writer. */
  SUBMIT_TIMEOUT: duration('10s'),
  /** How often every cursor is compared with its room, in case an event was lost. */
  HOOK_SWEEP: duration('30s').refine((ms) => ms >= 100, 'write at least 100ms'),
});
export type HooksConfig = z.output<typeof hooksConfig>;
