import type { Database } from '@parley/database';
import { consumeOrRefuse, type RateSetting } from '@parley/http';
import { nameRate } from '@parley/runtime';
import { RateLimiterPostgres } from 'rate-limiter-flexible';

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
  /** Logins to one account from one network. */
  login: AttemptLimiter;
  /** Logins to one account from anywhere: stops guessing from many networks. */
  account: AttemptLimiter;
  /** Logins to any account from one network: stops trying many accounts. */
  network: AttemptLimiter;
  /** Password checks of a logged-in user, whom failed logins of others must not affect. */
  session: AttemptLimiter;
}

/** The limits per account and per network also affect uninvolved users, so they are wider. */
const wideFactor = 10;

/** @param rate `LOGIN_RATE` */
export function createPasswordLimits(db: Database, rate: RateSetting['rate']): PasswordLimits {
  const wide = rate === 'off' ? rate : { ...rate, limit: rate.limit * wideFactor };
  const limiter = (name: string, of: RateSetting['rate'], ...per: string[]) =>
    createAttemptLimiter(db, name, { setting: 'LOGIN_RATE', rate: of, per });
  return {
    login: limiter('login', rate, 'account', 'address'),
    account: limiter('login-account', wide, 'account'),
    network: limiter('login-network', wide, 'address'),
    session: limiter('login-session', rate, 'user'),
  };
}
