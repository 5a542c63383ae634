import { commonSettings, integer } from '@parley/runtime';
import { z } from 'zod';

const { HOST, LOG_LEVEL, PUBLIC_PATH, STOP_GRACE, SHUTDOWN_TIMEOUT } = commonSettings;

export const webConfig = z.object({
  HOST,
  PORT: integer(3006, 0, 65_535),
  LOG_LEVEL,
  PUBLIC_PATH,
  STOP_GRACE,
  SHUTDOWN_TIMEOUT,
});
