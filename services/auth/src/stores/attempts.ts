import type { Database } from '@parley/database';
import { consumeOrRefuse, type RateSetting } from '@parley/http';
import { nameRate } from '@parley/runtime';
import { RateLimiterPostgres } from 'rate-limiter-flexible';

/** Counts attempts by a key, in the database, so that all replicas share one count. */
export interface AttemptLimiter {
  /** Counts one. @throws AppError `rate_limit` when there have been too many */
  consume(key: string): Promise<void>;
  /** Takes one back: it was no attempt that should count. */
  giveBack(key: string): Promise<void>;
}

const unlimited: AttemptLimiter = { consume: async () => undefined, giveBack: async () => undefined };

/** @param name keeps the keys of several limiters apart */
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
    // Whoever goes on regardless costs us no queries.
    inMemoryBlockOnConsumed: rate.limit + 1,
  });
  const limit = nameRate(setting, rate, per);
  return {
    consume: (key) => consumeOrRefuse(limiter, key, limit),
    giveBack: async (key) => {
      await limiter.reward(key);
    },
  };
}

/** Wrong passwords. Each budget is one of failures: a success gives its attempt back. */
export interface PasswordLimits {
  /** Logins to one account from one network. */
  login: AttemptLimiter;
  /** Logins to one account from anywhere: against guessing from many networks. */
  account: AttemptLimiter;
  /** Logins to any account from one network: against trying many accounts. */
  network: AttemptLimiter;
  /** Of somebody who is logged in, and whom failed logins of others must not hinder. */
  session: AttemptLimiter;
}

/** So much wider are the two limits that concern people who did nothing wrong. */
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
