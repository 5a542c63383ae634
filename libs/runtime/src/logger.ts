import { type DestinationStream, type Logger, pino } from 'pino';
import { redactLine } from './redact.ts';

export type { Logger };

/**
 * Logs JSON lines to standard output. Secrets and message content are removed from every line as it
 * is written; do not rely on that: log ids, not contents.
 * @param options.fields evaluated for each line and added to it.
 * @default nothing
 */
export function createLogger(options: {
  service: string;
  level: string;
  destination?: DestinationStream;
  fields?: (() => object) | undefined;
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      ...(options.fields && { mixin: options.fields }),
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: redactLine },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
