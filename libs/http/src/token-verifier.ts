import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, type Bus } from '@parley/bus';
import { type Caller, calls, clientContract, parseEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Clock, Logger } from '@parley/runtime';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** What every access token says and every verifier pins. */
export const tokenRules = {
  algorithm: 'ES256',
  issuer: 'parley',
  audience: 'parley',
} as const;

const claims = z.object({
  sub: z.string(),
  sid: z.string(),
  name: z.string(),
  org: z.string().optional(),
  role: z.enum(['admin', 'moderator', 'user']).optional(),
  /** A contract that this release does not know counts as none. */
  contract: clientContract.optional().catch(undefined),
  exp: z.number(),
});

export interface VerifiedToken {
  caller: Caller;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

const maxTokenLength = 4_096;
/** An unknown `kid` makes us ask for the keys again, but not more often than this, or forged tokens would make us flood auth. */
const refreshEveryMs = 2_000;
const catchUpEveryMs = 100;
/** Sessions are remembered for days, so there may be many: the expired ones are looked for this often, not at each revocation. */
const forgetEveryMs = 60_000;

/**
 * Verifies access tokens on its own: with the public keys, and the list of revoked sessions, of auth; both kept up to date by its events.
 * @throws AppError `unauthenticated`, `token_expired`, `session_revoked`; `unavailable` while it has never reached auth.
 */
export class TokenVerifier {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #keys = new Map<string, KeyObject>();
  /** Session → when its last token has expired. */
  readonly #revoked = new Map<string, number>();
  readonly #verified = new LRUCache<string, VerifiedToken>({ max: 10_000 });
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
    // Revocations that were announced while the broker was away never reached us.
    this.#bus.onRecovered(() => void this.#catchUp());
  }

  /** Calls back when a session ends, so that its live connections can be closed. */
  onRevoked(watcher: (sessionId: string, reason: string) => void): void {
    this.#watchers.add(watcher);
  }

  /** @param options.remember for whoever shows the same token with every request. @default true */
  async verify(token: string, { remember = true } = {}): Promise<VerifiedToken> {
    const known = this.#verified.get(token);
    if (known) return this.#checkAlive(known);
    if (token.length > maxTokenLength) throw new AppError('unauthenticated');
    const kid = jwt.decode(token, { complete: true })?.header.kid;
    if (!kid) throw new AppError('unauthenticated');
    if (!this.#keys.has(kid) && this.#clock() - this.#loadedAt > refreshEveryMs) await this.#load();
    const key = this.#keys.get(kid);
    if (!key) throw new AppError('unauthenticated');
    const verified = this.#decode(token, key);
    if (remember) this.#verified.set(token, verified);
    return this.#checkAlive(verified);
  }

  #decode(token: string, key: KeyObject): VerifiedToken {
    try {
      const payload = claims.parse(
        jwt.verify(token, key, {
          algorithms: [tokenRules.algorithm],
          issuer: tokenRules.issuer,
          audience: tokenRules.audience,
          clockTimestamp: Math.floor(this.#clock() / 1_000),
        }),
      );
      const caller = {
        userId: payload.sub,
        username: payload.name,
        sessionId: payload.sid,
        organizationId: payload.org ?? null,
        organizationRole: payload.role ?? null,
        contract: payload.contract ?? null,
      };
      return { caller, expiresAt: payload.exp * 1_000 };
    } catch (error) {
      throw new AppError(error instanceof jwt.TokenExpiredError ? 'token_expired' : 'unauthenticated', {
        cause: error,
      });
    }
  }

  #checkAlive(token: VerifiedToken): VerifiedToken {
    if (token.expiresAt <= this.#clock()) throw new AppError('token_expired');
    if (this.#revoked.has(token.caller.sessionId)) throw new AppError('session_revoked');
    return token;
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

  /** Auth may find back to the broker later than we do. When the broker is lost again, its next return brings us back here. */
  async #catchUp(): Promise<void> {
    while (this.#bus.connected) {
      try {
        return await this.#load();
      } catch (error) {
        this.#logger.warn({ err: error }, 'sessions that ended meanwhile cannot be learned yet');
        await delay(catchUpEveryMs, undefined, { ref: false });
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
