import type { Database } from '@parley/database';
import { consumeOrRefuse, type RateSetting } from '@parley/http';
import { nameRate } from '@parley/runtime';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Attempt } from '../domain/attempt.ts';

/** Counts attempts by key in the database, so that all replicas share one count. */
export interface AttemptLimiter {
  /** Counts an attempt. @throws AppError `rate_limit` after too many */
  consume(key: string): Promise<void>;
  /** Takes back an attempt that should not count. */
  refund(key: string): Promise<void>;
}

const unlimited: AttemptLimiter = { consume: async () => undefined, refund: async () => undefined };

/** @param name separates the keys of several limiters */
export function createAttemptLimiter(
  db: Database,
  name: string,
  { setting, rate, per }: RateSetting,
): AttemptLimiter {
  if (rate === 'off') return unlimited;
  const limiter = new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'attempts',
    tableCreated: true,
    keyPrefix: name,
    points: rate.limit,
    duration: rate.windowMs / 1_000,
    // Once a key is blocked, further attempts cost no query.
    inMemoryBlockOnConsumed: rate.limit + 1,
  });
  const limit = nameRate(setting, rate, per);
  return {
    consume: (key) => consumeOrRefuse(limiter, key, limit),
    refund: async (key) => {
      await limiter.reward(key);
    },
  };
}

/** Limits on wrong passwords. They count failures only: a success refunds its attempt. */
export interface PasswordLimits {
  /**
   * A login. It counts for the account from this network. It also counts for the account from
   * anywhere, against guessing from many networks, and for the network with any account, against
   * trying many accounts.
   */
  login(account: string, network: string): Attempt;
  /** A password check of a logged-in user, whom failed logins of others must not affect. */
  session(userId: string): Attempt;
}

/** The limits per account and per network also affect uninvolved users, so they are wider. */
const wideFactor = 10;

/** @param rate `LOGIN_RATE` */
export function createPasswordLimits(db: Database, rate: RateSetting['rate']): PasswordLimits {
  const wide = rate === 'off' ? rate : { ...rate, limit: rate.limit * wideFactor };
  const limiter = (name: string, of: RateSetting['rate'], ...per: string[]) =>
    createAttemptLimiter(db, name, { setting: 'LOGIN_RATE', rate: of, per });
  const pairs = limiter('login', rate, 'account', 'address');
  const networks = limiter('login-network', wide, 'address');
  const accounts = limiter('login-account', wide, 'account');
  const sessions = limiter('login-session', rate, 'user');
  return {
    // The narrowest first, because attempts that it refuses must not use up the wider ones.
    login: (account, network) =>
      attempt([pairs, `${account} ${network}`], [networks, network], [accounts, account]),
    session: (userId) => attempt([sessions, userId]),
  };
}

const attempt = (...counts: readonly [AttemptLimiter, string][]): Attempt => ({
  consume: async () => {
    for (const [limiter, key] of counts) await limiter.consume(key);
  },
  refund: async () => {
    await Promise.all(counts.map(([limiter, key]) => limiter.refund(key)));
  },
});
