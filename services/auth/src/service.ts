import { makeEvent } from '@parley/contracts';
import { connectDatabase, type Database, Outbox, pingDatabase, prepareTables } from '@parley/database';
import type { Logger } from '@parley/runtime';
import type { Infrastructure, Service } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { authRoutes } from './api/index.ts';
import { answerGetIdentity } from './calls/get-identity.ts';
import { answerGetVerificationState } from './calls/get-verification-state.ts';
import { type AuthConfig, maxAccessTtlMs } from './config.ts';
import { followRotations } from './consumers/signing-key-rotated.ts';
import { groupsRoutes } from './contracts/groups.ts';
import { sharedAuthRoutes } from './contracts/shared-auth.ts';
import { KeyRing } from './crypto/key-ring.ts';
import { PasswordHasher } from './crypto/password-hasher.ts';
import { createAttemptLimiter, createPasswordLimits } from './stores/attempts.ts';
import { InviteStore } from './stores/invites.ts';
import { OrganizationStore } from './stores/organizations.ts';
import { RefreshTokenStore } from './stores/refresh-tokens.ts';
import { SessionStore } from './stores/sessions.ts';
import { SigningKeyStore } from './stores/signing-keys.ts';
import { UserStore } from './stores/users.ts';
import type { AuthContext } from './usecases/context.ts';
import { purgeExpired } from './usecases/purge-expired.ts';
import { rotateKeys } from './usecases/rotate-keys.ts';

export { type AuthConfig, authConfig } from './config.ts';

const schema = 'auth';
const maintenanceEveryMs = 60_000;

/** Identities, passwords, organizations, sessions and signing keys. See README.md. */
export async function createService(config: AuthConfig, infrastructure: Infrastructure): Promise<Service> {
  const { bus, logger, metrics } = infrastructure;
  const db = connectDatabase({ url: config.DATABASE_URL, schema, pool: config.DATABASE_POOL });
  metrics.watchPool('auth', db);
  try {
    await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
    const outbox = new Outbox({ db, bus, logger, tracing: infrastructure.tracing });
    const context = await createContext(config, infrastructure, db, outbox);
    await context.keyRing.reload();
    const consumers = await Promise.all([
      followRotations(bus, context.keyRing),
      answerGetVerificationState(bus, context),
      answerGetIdentity(bus, context),
    ]);
    outbox.start();
    const maintenance = startMaintenance(context, logger);
    return {
      name: 'auth',
      routes: [...authRoutes(context), ...sharedAuthRoutes(context), ...groupsRoutes(context)],
      checks: {
        database: () => pingDatabase(db),
        bus: () => bus.ping(),
      },
      stop: async () => {
        await maintenance.stop();
        await Promise.all(consumers.map((consumer) => consumer.close()));
        await outbox.stop();
        await db.destroy();
      },
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function createContext(
  config: AuthConfig,
  { clock, logger, newId }: Infrastructure,
  db: Database,
  outbox: Outbox,
): Promise<AuthContext> {
  const keys = new SigningKeyStore(db);
  const rotate = rotateKeys({
    outbox,
    keys,
    secret: config.SIGNING_SECRET,
    tokenTtlMs: maxAccessTtlMs(config),
    clock,
    newId,
  });
  return {
    settings: {
      accessTtlMs: config.ACCESS_TTL,
      simpleAccessTtlMs: config.SIMPLE_ACCESS_TTL,
      refreshTtlMs: config.REFRESH_TTL,
      refreshTokenReuse: config.REFRESH_TOKEN_REUSE,
      passwordMinLength: config.PASSWORD_MIN_LENGTH,
      joinPolicy: config.ORG_JOIN_POLICY,
    },
    outbox,
    users: new UserStore(db),
    organizations: new OrganizationStore(db),
    invites: new InviteStore(db),
    sessions: new SessionStore(db),
    refreshTokens: new RefreshTokenStore(db),
    keys,
    keyRing: new KeyRing({
      store: keys,
      secret: config.SIGNING_SECRET,
      clock,
      rotateAfterMs: config.KEY_ROTATION,
      rotate,
    }),
    hasher: await PasswordHasher.create({ cost: config.BCRYPT_COST }),
    passwordLimits: createPasswordLimits(db, config.LOGIN_RATE),
    registrations: createAttemptLimiter(db, 'register', {
      setting: 'REGISTER_RATE',
      rate: config.REGISTER_RATE,
      per: ['address'],
    }),
    clock,
    logger,
    newId,
    event: (type, data) => makeEvent(type, data, { id: newId(), now: clock() }),
  };
}

/** Every minute, deletes expired rows and replaces a signing key that has reached its age. */
function startMaintenance(context: AuthContext, logger: Logger): { stop(): Promise<void> } {
  const purge = purgeExpired(context);
  let running = Promise.resolve();
  const run = async () => {
    try {
      await context.keyRing.signer();
      await purge();
    } catch (error) {
      logger.warn({ err: error }, 'maintenance failed; will retry');
    }
  };
  const timer = setInterval(() => {
    running = running.then(run);
  }, maintenanceEveryMs);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}
