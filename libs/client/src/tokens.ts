import type { SessionAnswer } from './answers.ts';

/** A login as it is kept. Times are milliseconds since the epoch, by this machine's clock. */
export interface Tokens {
  userId: string;
  username: string;
  accessToken: string;
  /** Exchanged for the next one at each refresh; valid until that one is exchanged in turn. */
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
   * Runs `work` while no other user of this storage does, so that one of several processes (tabs,
   * terminals) refreshes and the others take its tokens. Needed only where the server accepts each
   * refresh token once (`REFRESH_TOKEN_REUSE=never`).
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

export function tokensFrom(
  { user, accessToken, refreshToken, expiresIn }: SessionAnswer,
  now: number,
): Tokens {
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
