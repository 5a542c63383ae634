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
  // Schemas that are joined complain of what they share once each.
  throw new ConfigError(`The settings are not usable:\n${[...new Set(lines)].join('\n')}`);
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

/** A duration that is not shorter than `least`, or `off`. */
export const durationOrOff = (fallback: string, least: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): number | 'off' => {
      if (text === 'off') return 'off';
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= (parseDuration(least) ?? 0)) return ms;
      context.addIssue({
        code: 'custom',
        message: `write a duration of at least ${least}, such as 36h or 90d, or off`,
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

/** Comma-separated list; `*` stands for itself. */
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

/** One URL, or those of several nodes of one system, separated by commas (a comma within one is written %2C). See `splitUrls`. */
export const nodeUrls = (protocol: RegExp) =>
  z.string().superRefine((text, context) => {
    const each = z.url({ protocol });
    if (!splitUrls(text).every((url) => each.safeParse(url).success)) {
      context.addIssue({ code: 'custom', message: 'write a URL, or several separated by commas' });
    }
  });

export const splitUrls = (text: string): string[] => text.split(',').map((url) => url.trim());

/** Settings that every service has. Extend it: `z.object({ ...commonSettings, … })`. */
export const commonSettings = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 0, 65_535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Origins whose pages may call us. Those that are listed may send credentials; `*`: any origin, without credentials. */
  CORS_ORIGINS: list('*'),
  /** The path under which a proxy publishes us and which it leaves in the requests: `/chat`. Empty where it strips the path, or where there is none. */
  PUBLIC_PATH: z
    .string()
    .default('')
    .transform((text) => text.replace(/\/+$/, ''))
    .pipe(z.string().regex(/^(?:\/[\w.~-]+)*$/, 'write a path such as /chat')),
  /** Requests per user (or address, where nobody is logged in) to one replica. */
  API_RATE: rate('600/m'),
  /** How many proxies in front may be believed about the client's address (`X-Forwarded-For`). */
  TRUST_PROXY: integer(0, 0, 10),
  /** How long a process that is told to stop goes on as before, but for `/readyz`, so that load balancers send nothing more. */
  STOP_GRACE: duration('500ms'),
  /** How long what is under way may take to finish after that. Whoever ends processes by force should wait 6 s longer than both. */
  SHUTDOWN_TIMEOUT: duration('15s'),
  /** RabbitMQ: one node, or several of a cluster. */
  AMQP_URL: nodeUrls(/^amqps?$/),
  /** `quorum` where the broker is a cluster: each queue lives on several nodes. What is there already cannot be changed: see operations.md. */
  QUEUE_TYPE: z.enum(['classic', 'quorum']).default('classic'),
  /** Where traces are sent (an OpenTelemetry collector, over HTTP). Absent: nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf', 'http/json']).default('http/protobuf'),
  /** Which traces are recorded. The ratio is of those that begin here; `parentbased_` heeds what was decided where a trace began elsewhere. */
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
  /** For the two ratios: 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** Prefix of every exchange, queue, Redis key and channel, so that several systems can share one broker. */
  NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'use a-z, 0-9 and -')
    .default('parley'),
  /**
   * Into how many partitions the rooms' timelines are split; each has one writer at a time. At least as many as there are ever to be replicas of
   * messages, and no more than that: many make small batches. The same for all services; changed only by the procedure in deploy/operations.md.
   */
  TIMELINE_PARTITIONS: integer(2, 1, 256),
};

/** For services that own tables. */
export const databaseSettings = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: integer(10, 1, 200),
  /** Whether a start applies missing migrations. `false`: it waits 30 s for somebody else to (`migrate`), so that its database role needs no right to create tables. */
  MIGRATE_ON_START: flag(true),
};

/** For the command `migrate` of a service: it serves nothing, so it needs nothing else. */
export const migrateSettings = z.object({ DATABASE_URL: databaseSettings.DATABASE_URL });
