import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * One logger per service, JSON lines on standard output. What could hold a secret or a message is removed
 * wherever it stands; do not rely on that: log ids, not contents.
 * @param options.fields what every line says besides, as it is when the line is written. @default nothing
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
