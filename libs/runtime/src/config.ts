import { z } from 'zod';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Record<string, string | undefined>;

/**
 * Reads settings from the environment by a flat zod schema whose keys are the variable names.
 * An empty variable counts as absent. Every problem is reported at once, by variable name.
 * @throws ConfigError
 */
export function loadConfig<S extends z.ZodType>(schema: S, env: Environment): z.output<S> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.') || '(environment)';
    const missing = issue.code === 'invalid_type' && present[name] === undefined;
    return `  ${name}: ${missing ? 'is required' : issue.message}`;
  });
  // Merged schemas report a problem of a shared setting once each.
  throw new ConfigError(`Invalid settings:\n${[...new Set(lines)].join('\n')}`);
}

/** `5/10s` → at most 5 in 10 seconds; `off` → no limit. Units: ms, s, m, h. */
export interface Rate {
  limit: number;
  windowMs: number;
}

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const rate = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): Rate | 'off' => {
      if (text === 'off') return 'off';
      const match = /^(\d+)\/(\d+)?(ms|s|m|h)$/.exec(text);
      const limit = Number(match?.[1]);
      const windowMs = Number(match?.[2] ?? 1) * (unitMs[match?.[3] ?? ''] ?? 0);
      if (!match || limit < 1 || windowMs < 1) {
        context.addIssue({ code: 'custom', message: 'write a rate such as 5/10s, 100/m, or off' });
        return z.NEVER;
      }
      return { limit, windowMs };
    });

const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0) : undefined;
};

/** `15m`, `30d`, `500ms` → milliseconds. */
export const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): number => {
      const ms = parseDuration(text);
      if (ms !== undefined) return ms;
      context.addIssue({ code: 'custom', message: 'write a duration such as 500ms, 15m or 30d' });
      return z.NEVER;
    });

/** A duration of at least `min`, or `off`. */
export const durationOrOff = (fallback: string, min: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): number | 'off' => {
      if (text === 'off') return 'off';
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= (parseDuration(min) ?? 0)) return ms;
      context.addIssue({
        code: 'custom',
        message: `write a duration of at least ${min}, such as 36h or 90d, or off`,
      });
      return z.NEVER;
    });

export const integer = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** `true` or `false`. */
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true');

/** A comma-separated list, such as `*` or `https://a.example,https://b.example`. */
export const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    );

/**
 * One URL, or the URLs of several nodes of one system, separated by commas (write a comma within a
 * URL as %2C). See `splitUrls`.
 */
export const nodeUrls = (protocol: RegExp) =>
  z.string().superRefine((text, context) => {
    const each = z.url({ protocol });
    if (!splitUrls(text).every((url) => each.safeParse(url).success)) {
      context.addIssue({ code: 'custom', message: 'write a URL, or several separated by commas' });
    }
  });

export const splitUrls = (text: string): string[] => text.split(',').map((url) => url.trim());

/** `*`, or an origin as browsers send it: in lower case, without a trailing slash. */
const origin = z
  .string()
  .transform((text) => text.toLowerCase().replace(/\/$/, ''))
  .pipe(
    z
      .string()
      .regex(/^(?:\*|null|[a-z][a-z\d+.-]*:\/\/[^/?#*]+)$/, 'write origins such as https://chat.example'),
  );

/** Under such a prefix, a request with and one without the prefix could look the same. */
const ownPaths =
  /^\/(?:api|assets|auth|browse|conversations|docs|friendships|group|inbox|invite|messages|metrics|notifications|people|rooms|sdk|settings|socket\.io|users?|ws|healthz|readyz|(?:openapi|asyncapi)\.json|\.well-known)(?:\/|$)/i;

/** Settings of every service. Extend them: `z.object({ ...commonSettings, … })`. */
export const commonSettings = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 0, 65_535),
  /** The port of `HOST` at which `/metrics` is served; `PORT` never serves it. 0: not at all. */
  METRICS_PORT: integer(0, 0, 65_535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /**
   * Origins whose pages may call us. Listed origins may send credentials; `*` allows any origin,
   * without credentials.
   */
  CORS_ORIGINS: list('*').pipe(z.array(origin)),
  /**
   * The path that a proxy publishes us under and leaves in the requests, such as `/chat`. Empty if
   * there is none, or if the proxy strips it.
   */
  PUBLIC_PATH: z
    .string()
    .default('')
    .transform((text) => text.replace(/\/+$/, ''))
    .pipe(
      z
        .string()
        .regex(/^(?:\/[\w.~-]+)*$/, 'write a path such as /chat')
        .refine((path) => !ownPaths.test(path), 'begins like a path of Parley itself; choose another'),
    ),
  /** Requests to one replica per user, or per address without a login. */
  API_RATE: rate('600/m'),
  /** Requests to one replica per key of a program, for whomever it acts. */
  KEY_RATE: rate('3000/m'),
  /** How many proxies in front are trusted for the client's address (`X-Forwarded-For`). */
  TRUST_PROXY: integer(0, 0, 10),
  /**
   * How long a stopping process continues to serve while `/readyz` fails, so that load balancers
   * stop sending it requests.
   */
  STOP_GRACE: duration('500ms'),
  /**
   * How long in-flight work may take to finish after that. A process manager should wait 6 s longer
   * than both before it kills the process.
   */
  SHUTDOWN_TIMEOUT: duration('15s'),
  /** RabbitMQ: one node, or several of a cluster. */
  AMQP_URL: nodeUrls(/^amqps?$/),
  /**
   * `quorum` for a RabbitMQ cluster: each queue is replicated to several nodes. Existing queues
   * keep their type; see operations.md.
   */
  QUEUE_TYPE: z.enum(['classic', 'quorum']).default('classic'),
  /** Where to send traces: an OpenTelemetry collector, over HTTP. Tracing is off without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf', 'http/json']).default('http/protobuf'),
  /**
   * Which traces are recorded. The ratio applies to traces that begin here; with `parentbased_`, a
   * trace that began elsewhere keeps its own decision.
   */
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  /** For the two ratio samplers: 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /**
   * Prefix of every exchange, queue, Redis key and channel. Lets several systems share a broker.
   */
  NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'use a-z, 0-9 and -')
    .default('parley'),
  /**
   * Number of partitions of the rooms' timelines; each partition has one writer at a time, so this
   * is the largest useful number of replicas of messages. Must be the same for all services; change
   * it only by the procedure in deploy/operations.md.
   */
  TIMELINE_PARTITIONS: integer(64, 1, 256),
};

/** For services that own tables. */
export const databaseSettings = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: integer(10, 1, 200),
  /**
   * Whether to apply missing migrations at start. If `false`, the start waits up to 30 s until the
   * command `migrate` has applied them; the database role then needs no right to create tables.
   */
  MIGRATE_ON_START: flag(true),
};

/** Settings of a service's command `migrate`, which serves nothing. */
export const migrateSettings = z.object({ DATABASE_URL: databaseSettings.DATABASE_URL });
