import type { SessionAnswer } from './answers.ts';
import type { PendingStorage } from './sending.ts';

/** A stored login. Times are milliseconds since the epoch, by this machine's clock. */
export interface Tokens {
  userId: string;
  username: string;
  accessToken: string;
  /** Exchanged for the next one at each refresh; valid until that one is used. */
  refreshToken: string;
  expiresAt: number;
  /** When to replace the access token: after four fifths of its lifetime. */
  renewAt: number;
}

/** Stores a login beyond the process's life, and optionally the unsent messages of its user. */
export interface TokenStorage {
  load(): Promise<Tokens | null>;
  /** `null`: logged out. */
  save(tokens: Tokens | null): Promise<void>;
  /**
   * Runs `work` while no other user of this storage does, so that one of several processes (tabs,
   * terminals) refreshes and the others take its tokens. Needed only where the server accepts each
   * refresh token once (`REFRESH_TOKEN_REUSE=never`).
   */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Calls when another user of this storage has changed the login. Returns a function that stops
   * it.
   */
  watch?(changed: () => void): () => void;
  readonly pending?: PendingStorage;
}

/** Keeps the tokens in memory only. */
export class MemoryStorage implements TokenStorage {
  #tokens: Tokens | null;

  constructor(tokens: Tokens | null = null) {
    this.#tokens = tokens;
  }

  async load(): Promise<Tokens | null> {
    return this.#tokens;
  }

  async save(tokens: Tokens | null): Promise<void> {
    this.#tokens = tokens;
  }
}

/** The material of a login. */
export type Exchanged = Pick<SessionAnswer, 'accessToken' | 'refreshToken' | 'expiresIn'> & {
  user: Pick<SessionAnswer['user'], 'id' | 'username'>;
};

/** The remaining life of a token, as it states itself. */
export function secondsLeft(token: string, now: number): number {
  const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
  const { exp } = JSON.parse(atob(payload)) as { exp: number };
  return exp - Math.floor(now / 1_000);
}

export function tokensFrom({ user, accessToken, refreshToken, expiresIn }: Exchanged, now: number): Tokens {
  // Tokens count in whole seconds, so one may live up to a second less.
  const lifeMs = (expiresIn - 1) * 1_000;
  return {
    userId: user.id,
    username: user.username,
    accessToken,
    refreshToken,
    expiresAt: now + lifeMs,
    renewAt: now + lifeMs * 0.8,
  };
}
