import { type EventOf, type EventType, makeEvent } from '@parley/contracts';
import type { Database, Outbox } from '@parley/database';
import type { Infrastructure } from '@parley/service';
import type { AuthConfig } from './config.ts';
import { IssuerKeys } from './crypto/issuer-keys.ts';
import { KeyRing } from './crypto/key-ring.ts';
import { PasswordHasher } from './crypto/password-hasher.ts';
import { createAttemptLimiter, createPasswordLimits } from './stores/attempts.ts';
import { storedIssuerKeys } from './stores/issuers.ts';
import { findSigningKey } from './stores/signing-keys.ts';
import type { CommandContext, Context } from './usecases/context.ts';
import { rotateKeys } from './usecases/rotate-keys.ts';

interface Tables extends Pick<Infrastructure, 'clock' | 'newId'> {
  db: Database;
  outbox: Outbox;
}

/** Needs no secret: see `erase-user.ts`. */
export function createCommandContext(
  config: Omit<AuthConfig, 'SIGNING_SECRET'>,
  { db, outbox, clock, newId }: Tables,
): CommandContext {
  return {
    db,
    settings: {
      accessTtlMs: config.ACCESS_TTL,
      simpleAccessTtlMs: config.SIMPLE_ACCESS_TTL,
      refreshTtlMs: config.REFRESH_TTL,
      refreshTokenReuse: config.REFRESH_TOKEN_REUSE,
      passwordMinLength: config.PASSWORD_MIN_LENGTH,
      requireCurrentPassword: config.REQUIRE_CURRENT_PASSWORD,
      joinPolicy: config.ORG_JOIN_POLICY,
      keyActionRetentionMs: config.KEY_ACTION_RETENTION,
      trustedIssuers: config.TRUSTED_ISSUERS,
    },
    clock,
    newId,
    transact: (work) =>
      outbox.transact((trx, add) =>
        work({
          trx,
          emit: (type, data) =>
            add(makeEvent(type, data, { id: newId(), now: clock() }) as EventOf<EventType>),
        }),
      ),
  };
}

export async function createContext(
  config: AuthConfig,
  deps: Tables & Pick<Infrastructure, 'logger'>,
): Promise<Context> {
  const { db, clock, logger } = deps;
  const context = createCommandContext(config, deps);
  return {
    ...context,
    logger,
    keyRing: new KeyRing({
      find: () => findSigningKey(db),
      secret: config.SIGNING_SECRET,
      clock,
      rotateAfterMs: config.KEY_ROTATION,
      rotate: (olderThanMs) => rotateKeys(context, { secret: config.SIGNING_SECRET, olderThanMs }),
    }),
    issuerKeys: new Map(
      config.TRUSTED_ISSUERS.map((issuer) => {
        const stored = storedIssuerKeys(db, () => new Date(clock()));
        return [issuer.issuer, new IssuerKeys(issuer, { stored, clock, logger })];
      }),
    ),
    hasher: await PasswordHasher.create({ cost: config.BCRYPT_COST }),
    passwordLimits: createPasswordLimits(db, config.LOGIN_RATE),
    registrations: createAttemptLimiter(db, 'register', {
      setting: 'REGISTER_RATE',
      rate: config.REGISTER_RATE,
      per: ['address'],
    }),
    passwordChanges: createAttemptLimiter(db, 'password', {
      setting: 'PASSWORD_RATE',
      rate: config.PASSWORD_RATE,
      per: ['user'],
    }),
  };
}
