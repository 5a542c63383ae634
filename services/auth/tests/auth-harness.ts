import type { Bus } from '@parley/bus';
import { type Envelope, parseEvent, type SessionTokens } from '@parley/contracts';
import { type Database, Outbox } from '@parley/database';
import { createLogger, loadConfig, newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@parley/testkit';
import { type Answer, bootService, memoryBus } from '@parley/testkit/boot-service';
import { expect } from 'vitest';
import { createCommandContext } from '../src/create-context.ts';
import { authConfig, createService } from '../src/service.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read responses freely
export type Json = any;

interface CallOptions {
  body?: unknown;
  token?: string | undefined;
  userAgent?: string;
}

/** A replica of the auth service, composed as in production, on a real database. */
export interface AuthHarness {
  bus: Bus;
  database: TestDatabase;
  url: string;
  /** The topics' events so far, validated against their contracts. */
  events: Json[];
  /** All log lines so far. */
  logged: () => string;
  /** Advances this service's clock. */
  pass(ms: number): void;
  now(): number;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Registers a new user; throws if that fails. */
  registered(body?: object): Promise<SessionTokens>;
  loggedIn(login: string, password?: string): Promise<SessionTokens>;
  /** Waits for the first event of this type whose data contains `data`. */
  published(type: string, data: object): Promise<Json>;
  stop(): Promise<void>;
}

export const password = 'correct horse';
export const anyEmail = () => `${newId()}@example.org`;
export const secretSetting = 'a secret for tests, of more than 32 characters';

/** The context of a command that runs beside the service, with the default settings. */
export function besideService({ bus, database, now }: AuthHarness, db: Database) {
  const outbox = new Outbox({ db, bus, logger: createLogger({ service: 'auth', level: 'silent' }) });
  const config = loadConfig(authConfig, {
    DATABASE_URL: database.url,
    AMQP_URL: 'amqp://unused',
    SIGNING_SECRET: secretSetting,
  });
  return { outbox, context: createCommandContext(config, { db, outbox, clock: now, newId }) };
}

/** @param options.beside another replica to share the bus, database and clock with */
export async function startAuth(
  options: { env?: Record<string, string>; beside?: AuthHarness } = {},
): Promise<AuthHarness> {
  const { beside } = options;
  const lines: string[] = [];
  const logger = createLogger({
    service: 'auth',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  });
  const bus = beside?.bus ?? memoryBus(logger);
  const database = beside?.database ?? (await createTestDatabase());
  const env = {
    DATABASE_URL: database.url,
    SIGNING_SECRET: secretSetting,
    BCRYPT_COST: '4',
    LOGIN_RATE: 'off',
    REGISTER_RATE: 'off',
    ...options.env,
  };
  let passedMs = 0;
  const clock = beside?.now ?? (() => Date.now() + passedMs);
  const events: Json[] = beside?.events ?? [];
  if (!beside) {
    const collect = async (batch: Envelope[]) => void events.push(...batch.map((event) => parseEvent(event)));
    await bus.consume('auth', 'directory', collect);
    await bus.consume('notices', 'notifications', collect);
  }
  const service = await bootService({ config: authConfig, createService }, { env, bus, clock, logger });

  const call: AuthHarness['call'] = (method, path, { userAgent = 'a test', ...options } = {}) =>
    service.call(method, path, { ...options, headers: { 'user-agent': userAgent } });
  const succeed = async (path: string, body: object, status: number): Promise<SessionTokens> => {
    const answer = await call('POST', path, { body });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status });
    return answer.body;
  };
  return {
    bus,
    database,
    url: service.url,
    events,
    logged: () => lines.join(''),
    pass: (ms) => {
      passedMs += ms;
    },
    now: clock,
    call,
    registered: (body) => succeed('/api/v1/auth/register', { email: anyEmail(), password, ...body }, 201),
    loggedIn: (login, given = password) => succeed('/api/v1/auth/login', { login, password: given }, 200),
    published: (type, data) =>
      eventually(() => {
        const found = events.find((event) => {
          return (
            event.type === type && Object.entries(data).every(([key, value]) => event.data[key] === value)
          );
        });
        if (!found) throw new Error(`no ${type} ${JSON.stringify(data)} in ${JSON.stringify(events)}`);
        return found;
      }),
    stop: async () => {
      await service.stop();
      if (beside) return;
      await bus.close();
      await database.drop();
    },
  };
}
