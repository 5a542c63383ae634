import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * Logs JSON lines to standard output. Fields that could hold a secret or a message are removed at
 * any depth up to three; do not rely on that: log ids, not contents.
 * @param options.fields evaluated for each line and added to it.
 * @default nothing
 */
export function createLogger(options: {
  service: string;
  level: string;
  destination?: DestinationStream;
  fields?: (() => object) | undefined;
}): Logger {
  const secrets = [
    'password',
    'currentPassword',
    'newPassword',
    'token',
    'accessToken',
    'refreshToken',
    'content',
    'authorization',
    'cookie',
  ];
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      ...(options.fields && { mixin: options.fields }),
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `req.headers.${name}`]),
        remove: true,
      },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
