import { commonSettings, databaseSettings, integer } from '@parley/runtime';
import { z } from 'zod';

export const notificationsConfig = z.object({
  ...commonSettings,
  ...databaseSettings,
  PORT: integer(3004, 0, 65_535),
  /** In rooms with more members than this, a message notifies only those whom it mentions. */
  NOTIFY_ALL_UP_TO: integer(50, 2, 1_000),
});
export type NotificationsConfig = z.output<typeof notificationsConfig>;
