import type { EventData, EventType, JoinPolicy } from '@parley/contracts';
import type { Database, Transaction as DatabaseTransaction } from '@parley/database';
import type { Clock, Logger } from '@parley/runtime';
import type { IssuerKeys } from '../crypto/issuer-keys.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import type { AccessTtls, RefreshTokenReuse } from '../domain/session.ts';
import type { TrustedIssuer } from '../domain/trusted-issuer.ts';
import type { AttemptLimiter, PasswordLimits } from '../stores/attempts.ts';

/** A database transaction with the events to publish after its commit. */
export interface Transaction {
  trx: DatabaseTransaction;
  /** Adds an event with the current time. */
  emit<T extends EventType>(type: T, data: EventData<T>): void;
}

/** The dependencies of use cases that commands run as well. */
export interface CommandContext {
  db: Database;
  settings: AccessTtls & {
    refreshTtlMs: number;
    refreshTokenReuse: RefreshTokenReuse;
    passwordMinLength: number;
    requireCurrentPassword: boolean;
    joinPolicy: JoinPolicy;
    keyActionRetentionMs: number;
    trustedIssuers: readonly TrustedIssuer[];
  };
  clock: Clock;
  newId: () => string;
  transact<R>(work: (tx: Transaction) => Promise<R>): Promise<R>;
}

/** The dependencies of every use case, built once by `service.ts`. */
export interface Context extends CommandContext {
  logger: Logger;
  keyRing: KeyRing;
  /** By issuer. */
  issuerKeys: ReadonlyMap<string, IssuerKeys>;
  hasher: PasswordHasher;
  passwordLimits: PasswordLimits;
  /** Per network. */
  registrations: AttemptLimiter;
  /** Per user. */
  passwordChanges: AttemptLimiter;
}
