import type { EventData, EventOf, EventType, JoinPolicy } from '@parley/contracts';
import type { Outbox } from '@parley/database';
import type { Clock, Logger } from '@parley/runtime';
import type { KeyRing } from '../crypto/key-ring.ts';
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import type { AccessTtls, RefreshTokenReuse } from '../domain/session.ts';
import type { AttemptLimiter, PasswordLimits } from '../stores/attempts.ts';
import type { InviteStore } from '../stores/invites.ts';
import type { OrganizationStore } from '../stores/organizations.ts';
import type { RefreshTokenStore } from '../stores/refresh-tokens.ts';
import type { SessionStore } from '../stores/sessions.ts';
import type { SigningKeyStore } from '../stores/signing-keys.ts';
import type { UserStore } from '../stores/users.ts';

/** The dependencies of the use cases, built once by `service.ts`. */
export interface AuthContext {
  settings: AccessTtls & {
    refreshTtlMs: number;
    refreshTokenReuse: RefreshTokenReuse;
    passwordMinLength: number;
    joinPolicy: JoinPolicy;
  };
  outbox: Outbox;
  users: UserStore;
  organizations: OrganizationStore;
  invites: InviteStore;
  sessions: SessionStore;
  refreshTokens: RefreshTokenStore;
  keys: SigningKeyStore;
  keyRing: KeyRing;
  hasher: PasswordHasher;
  passwordLimits: PasswordLimits;
  /** Per network. */
  registrations: AttemptLimiter;
  clock: Clock;
  logger: Logger;
  newId: () => string;
  /** Creates an event with the current time. */
  event<T extends EventType>(type: T, data: EventData<T>): EventOf<T>;
}

/** Adds an event to the transaction; it is published after the commit. */
export type AddEvent = (event: EventOf<EventType>) => void;
