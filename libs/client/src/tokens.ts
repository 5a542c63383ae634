import type { SessionAnswer } from './answers.ts';

/** A login as it is kept. Times are milliseconds since the epoch, by this machine's clock. */
export interface Tokens {
  userId: string;
  username: string;
  accessToken: string;
  /** For one use. */
  refreshToken: string;
  expiresAt: number;
  /** From when on the access token should be replaced: at four fifths of its life. */
  renewAt: number;
}

/** Where a login outlives the process. */
export interface TokenStorage {
  load(): Promise<Tokens | null>;
  /** `null`: logged out. */
  save(tokens: Tokens | null): Promise<void>;
  /**
   * Runs `work` while nobody else who shares this storage does. Needed where several processes (tabs, terminals) share a login: a refresh token
   * that is used twice ends its session.
   */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

/** @default nothing outlives the process */
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

export function tokensFrom({ user, accessToken, refreshToken, expiresIn }: SessionAnswer, now: number): Tokens {
  // Tokens count in whole seconds: one may live a second less than is said.
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
