import { commonSettings, integer } from '@parley/runtime';
import { z } from 'zod';

const { HOST, METRICS_PORT, LOG_LEVEL, PUBLIC_PATH, STOP_GRACE, SHUTDOWN_TIMEOUT } = commonSettings;

export const webConfig = z.object({
  HOST,
  PORT: integer(3006, 0, 65_535),
  METRICS_PORT,
  LOG_LEVEL,
  PUBLIC_PATH,
  STOP_GRACE,
  SHUTDOWN_TIMEOUT,
});
