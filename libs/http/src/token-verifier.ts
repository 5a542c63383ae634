import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ask, type Bus } from '@parley/bus';
import { allScopes, type Caller, calls, clientContract, type Grant, parseEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { Cache, type Clock, type Logger } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { type AskedAction, recordKeyAction } from './key-actions.ts';

/** Claims that every access token contains and every verifier requires. */
export const tokenRules = {
  algorithm: 'ES256',
  issuer: 'parley',
  audience: 'parley',
} as const;

const claims = z.object({
  sub: z.string(),
  sid: z.string(),
  name: z.string(),
  bot: z.literal(true).optional(),
  org: z.string().optional(),
  role: z.enum(['admin', 'moderator', 'user']).optional(),
  /** A contract that this release does not know counts as none. */
  contract: clientContract.optional().catch(undefined),
  exp: z.number(),
  /** Separated by spaces (RFC 8693). Scopes of a later release are ignored. */
  scope: z.string().optional(),
  /** The rooms that the token is limited to. */
  rooms: z.array(z.string()).optional(),
  /** The key that the token was exchanged for. */
  key: z.string().optional(),
});

export interface VerifiedToken {
  caller: Caller;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

const maxTokenLength = 4_096;
/** Identity providers name groups and addresses in their tokens. */
const maxIssuedLength = 8_192;
/**
 * An unknown `kid` triggers a new request for the keys. The interval protects auth from forged
 * tokens.
 */
const refreshEveryMs = 2_000;
const catchUpEveryMs = 100;
/**
 * Sessions are remembered for days and may be many, so expired ones are removed at this interval,
 * not at each revocation.
 */
const forgetEveryMs = 60_000;

/**
 * Verifies access tokens locally, with the public keys and the revoked sessions of auth. Events of
 * auth keep both up to date.
 * @throws AppError `unauthenticated`, `token_expired`, `session_revoked`; `unavailable` before the
 *   first contact with auth
 */
export class TokenVerifier {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #keys = new Map<string, KeyObject>();
  /** Session → the expiry of its last token. */
  readonly #revoked = new Map<string, number>();
  readonly #verified = new Cache<VerifiedToken>(10_000);
  #issuers: ReadonlySet<string> = new Set();
  readonly #watchers = new Set<(sessionId: string, reason: string) => void>();
  #loading: Promise<void> | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(options: { bus: Bus; clock: Clock; logger: Logger }) {
    this.#bus = options.bus;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  async start(): Promise<void> {
    await this.#bus.listen('auth', (envelope) => {
      const event = parseEvent(envelope);
      if (event?.type === 'session.revoked')
        this.#revoke(event.data.sessionId, Date.parse(event.data.until), event.data.reason);
      if (event?.type === 'signing_key.rotated') void this.#load().catch(() => undefined);
    });
    // Revocation events were lost while the broker was away.
    this.#bus.onRecovered(() => void this.#catchUp());
  }

  /** Calls back when a session is revoked, so that its live connections can be closed. */
  onRevoked(watcher: (sessionId: string, reason: string) => void): void {
    this.#watchers.add(watcher);
  }

  /** Announces what a caller with a key is about to do. See `recordKeyAction`. */
  recordAction(caller: Caller, asked: AskedAction): Promise<void> {
    return recordKeyAction({ bus: this.#bus, clock: this.#clock }, caller, asked);
  }

  /** Whether the token has been verified before, so that verifying it costs nothing. */
  remembers(token: string): boolean {
    return this.#verified.has(token);
  }

  /**
   * @param options.remember caches the token for clients that send it with every request. One that
   *   has ended is cached anyway, so that repeating it costs nothing. @default true
   */
  async verify(token: string, { remember = true } = {}): Promise<VerifiedToken> {
    const known = this.#verified.get(token);
    const verified = known ?? (await this.#read(token));
    const ended = this.#endOf(verified);
    if (!known && (remember || ended)) this.#verified.set(token, verified);
    if (ended) throw new AppError(ended);
    return verified;
  }

  /** Checks everything but whether the token has ended. */
  async #read(token: string): Promise<VerifiedToken> {
    if (token.length > maxIssuedLength) throw new AppError('unauthenticated');
    const decoded = jwt.decode(token, { complete: true });
    const { iss } = (decoded?.payload ?? {}) as { iss?: unknown };
    if (typeof iss === 'string' && iss !== tokenRules.issuer) return this.#readIssued(token, iss);
    const kid = decoded?.header.kid;
    if (!kid || token.length > maxTokenLength) throw new AppError('unauthenticated');
    if (!this.#keys.has(kid) && this.#clock() - this.#loadedAt > refreshEveryMs) await this.#load();
    const key = this.#keys.get(kid);
    if (!key) throw new AppError('unauthenticated');
    return decode(token, key);
  }

  /** Auth verifies tokens of other issuers, because it knows their users. */
  async #readIssued(token: string, issuer: string): Promise<VerifiedToken> {
    if (this.#loadedAt === Number.NEGATIVE_INFINITY) await this.#load();
    if (!this.#issuers.has(issuer)) throw new AppError('unauthenticated');
    const { expiresAt, ...caller } = await ask(this.#bus, calls.acceptIssuedToken, { token });
    return { caller, expiresAt };
  }

  #endOf({ expiresAt, caller }: VerifiedToken): 'token_expired' | 'session_revoked' | undefined {
    if (expiresAt <= this.#clock()) return 'token_expired';
    const { sessionId, grant } = caller;
    const isRevoked = this.#revoked.has(sessionId) || (grant && this.#revoked.has(grant.keyId));
    return isRevoked ? 'session_revoked' : undefined;
  }

  #revoke(sessionId: string, until: number, reason: string): void {
    this.#forgetExpired();
    if (this.#revoked.has(sessionId)) return;
    this.#revoked.set(sessionId, until);
    for (const watcher of this.#watchers) watcher(sessionId, reason);
  }

  #forgetExpired(): void {
    const now = this.#clock();
    if (now - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = now;
    for (const [session, end] of this.#revoked) if (end < now) this.#revoked.delete(session);
  }

  /**
   * Auth may reconnect to the broker later than we do, so this retries. If the broker is lost
   * again, the next recovery calls this again.
   */
  async #catchUp(): Promise<void> {
    while (this.#bus.connected) {
      try {
        return await this.#load();
      } catch (error) {
        this.#logger.warn({ err: error }, 'revoked sessions could not be loaded; will retry');
        await pause(catchUpEveryMs, { ref: false });
      }
    }
  }

  #load(): Promise<void> {
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    let state = await ask(this.#bus, calls.getVerificationState, {});
    this.#loadedAt = this.#clock();
    this.#issuers = new Set(state.issuers ?? []);
    this.#keys.clear();
    for (const key of state.keys)
      this.#keys.set(key.kid, createPublicKey({ key: key as JsonWebKey, format: 'jwk' }));
    for (;;) {
      for (const session of state.revoked)
        this.#revoke(session.sessionId, Date.parse(session.until), 'revoked');
      if (state.next === undefined) return;
      state = await ask(this.#bus, calls.getVerificationState, { after: state.next });
    }
  }
}

function decode(token: string, key: KeyObject): VerifiedToken {
  try {
    const payload = claims.parse(
      jwt.verify(token, key, {
        algorithms: [tokenRules.algorithm],
        issuer: tokenRules.issuer,
        audience: tokenRules.audience,
        ignoreExpiration: true,
      }),
    );
    const caller = {
      userId: payload.sub,
      username: payload.name,
      ...(payload.bot && { isBot: true as const }),
      sessionId: payload.sid,
      organizationId: payload.org ?? null,
      organizationRole: payload.role ?? null,
      contract: payload.contract ?? null,
      ...grantOf(payload),
    };
    return { caller, expiresAt: payload.exp * 1_000 };
  } catch (error) {
    throw new AppError('unauthenticated', { cause: error });
  }
}

/** A token that states any limit has no scopes but those that it states. */
function grantOf({ sub, sid, scope, rooms, key }: z.output<typeof claims>): { grant?: Grant } {
  if (scope === undefined && rooms === undefined && key === undefined) return {};
  const stated = scope?.split(' ') ?? [];
  return {
    grant: {
      keyId: key ?? sid,
      scopes: allScopes.filter((each) => stated.includes(each)),
      roomIds: rooms ?? null,
      actsForUser: sub !== key,
    },
  };
}
