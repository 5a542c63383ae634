import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '@parley/errors';
import type { Clock, Logger } from '@parley/runtime';
import { atMost } from '@parley/runtime/async';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { KeySet, StoredKeys, TrustedIssuer } from '../domain/trusted-issuer.ts';

/** A key that the provider has removed is accepted for this long. */
const maxAgeMs = 5 * 60_000;
/** Unknown keys, and failures, cause at most one request in this time. */
const retryAfterMs = 5_000;
const timeoutMs = 5_000;
/** For newer keys, when the last ones may do. */
const maxWaitMs = 1_000;
const maxBytes = 1_000_000;

/**
 * Verifies the tokens of one identity provider. While the provider is unavailable, its last known
 * keys remain valid. A token with an unknown key causes a request for the keys, so a new key works
 * at once.
 */
export class IssuerKeys {
  readonly #issuer: TrustedIssuer;
  readonly #stored: StoredKeys;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #jwks: KeySet | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failed = false;
  #fetching: Promise<void> | undefined;

  constructor(issuer: TrustedIssuer, options: { stored: StoredKeys; clock: Clock; logger: Logger }) {
    this.#issuer = issuer;
    this.#stored = options.stored;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /**
   * @returns the claims
   * @throws AppError `unauthenticated`, `token_expired`; `unavailable` if the key is unknown and
   *   the provider does not answer
   */
  async verify(token: string): Promise<JWTPayload> {
    if (!this.#jwks) this.#jwks = await this.#stored.find(this.#issuer.issuer);
    if (!this.#jwks) await this.#refresh();
    // A provider that hangs delays nobody for long.
    else if (this.#clock() - this.#fetchedAt > maxAgeMs) await atMost(maxWaitMs, this.#refresh());
    try {
      return await this.#check(token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
    }
    await this.#refresh();
    try {
      return await this.#check(token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && this.#failed)
        throw new AppError('unavailable', { cause: error });
      throw refusalOf(error);
    }
  }

  async #check(token: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms, clockSkew } = this.#issuer;
    if (!this.#jwks) throw new errors.JWKSNoMatchingKey();
    const { payload } = await jwtVerify(token, createLocalJWKSet(this.#jwks as unknown as JSONWebKeySet), {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockSkew / 1_000,
      currentDate: new Date(this.#clock()),
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  }

  /** Never rejects. */
  #refresh(): Promise<void> {
    if (this.#clock() - this.#triedAt < retryAfterMs && !this.#fetching) return Promise.resolve();
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const { issuer } = this.#issuer;
    this.#triedAt = this.#clock();
    try {
      const jwks = (await readJson(await this.#location())) as KeySet;
      // Throws unless it is a key set.
      createLocalJWKSet(jwks as unknown as JSONWebKeySet);
      this.#jwks = jwks;
      this.#fetchedAt = this.#clock();
      this.#failed = false;
      await this.#stored.put(issuer, jwks);
    } catch (error) {
      this.#failed = true;
      this.#logger.warn(
        { err: error, issuer },
        'the keys of a trusted issuer cannot be read; keeping the last',
      );
    }
  }

  async #location(): Promise<string> {
    const { issuer, jwks } = this.#issuer;
    if (jwks !== undefined) return jwks;
    const found = (await readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as {
      issuer?: unknown;
      jwks_uri?: unknown;
    };
    if (found.issuer !== issuer || typeof found.jwks_uri !== 'string')
      throw new Error(`the discovery document of ${issuer} is of another issuer, or names no keys`);
    return found.jwks_uri;
  }
}

async function readJson(location: string): Promise<unknown> {
  if (location.startsWith('file:')) return JSON.parse(await readFile(fileURLToPath(location), 'utf8'));
  const response = await fetch(location, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`${location} answered ${response.status}`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > maxBytes) throw new Error(`${location} answered more than ${maxBytes} bytes`);
  }
  return JSON.parse(text);
}

const refusalOf = (error: unknown): AppError =>
  new AppError(error instanceof errors.JWTExpired ? 'token_expired' : 'unauthenticated', { cause: error });
