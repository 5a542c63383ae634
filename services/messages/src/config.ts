import { commonSettings, databaseSettings, duration, durationOrOff, integer } from '@parley/runtime';
import { z } from 'zod';
import { messageRates } from './message-rates.ts';

export const messagesConfig = z.object({
  ...commonSettings,
  ...databaseSettings,
  PORT: integer(3003, 0, 65_535),
  /** A streaming replica of the database: history and sync are read there, as far as it has come. Absent: all from the database itself. */
  DATABASE_REPLICA_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Messages per user and room, by client contract. The room's one writer decides, so it holds across all replicas of everything. */
  MESSAGE_RATE: messageRates('5/10s'),
  /** How long REST writes wait for the room's writer. */
  SUBMIT_TIMEOUT: duration('10s'),
  /** What becomes of an erased user's messages: they stay in their rooms under another name (`keep`), or are deleted. */
  ERASE_MESSAGES: z.enum(['keep', 'delete']).default('keep'),
  /** How long messages keep their words; then they become what deleted ones are, for good. `off`: for ever. Lateness: `sweepEveryMs`. */
  MESSAGE_RETENTION: durationOrOff('off', '1m'),
});
export type MessagesConfig = z.output<typeof messagesConfig>;
