import type { SessionAnswer } from './answers.ts';
import { ParleyError } from './parley-error.ts';
import type { Rest } from './rest.ts';
import { type Exchanged, type TokenStorage, type Tokens, tokensFrom } from './tokens.ts';

export interface TokenKeeperDeps {
  rest: Rest;
  storage: TokenStorage;
  onTokens: (tokens: Tokens | null) => void;
  /** The login in the storage has ended, or is another user's, because of another tab. */
  onReplaced: (tokens: Tokens | null) => void;
  /** Gets tokens without a refresh token: by a key. */
  exchange?: () => Promise<Exchanged>;
  clock: () => number;
}

/** Short, because calls wait for the refresh and its repetition. */
const refreshTimeoutMs = 8_000;

/**
 * The one place that refreshes. The server takes a refresh token again until its successor is used,
 * so a lost response costs nothing: the next attempt presents the same token.
 */
export class TokenKeeper {
  readonly #deps: TokenKeeperDeps;
  #known: Tokens | null = null;
  #refreshing: Promise<Tokens> | undefined;

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
  }

  /** @throws ParleyError `not_logged_in` */
  async current(): Promise<Tokens> {
    this.#known ??= await this.#deps.storage.load();
    if (!this.#known && this.#deps.exchange) return this.#renewed(null);
    if (!this.#known) throw new ParleyError('not_logged_in', 'Nobody is logged in. Log in first.');
    return this.#known;
  }

  /**
   * Takes over what another user of the storage has changed. The storage keeps calling while this
   * client exists.
   */
  watch(): void {
    this.#deps.storage.watch?.(() => void this.#reload());
  }

  async #reload(): Promise<void> {
    const before = this.#known;
    const tokens = await this.#deps.storage.load();
    if (tokens?.refreshToken === before?.refreshToken) return;
    await this.#adopt(tokens, { save: false });
    if (before && tokens?.userId !== before.userId) this.#deps.onReplaced(tokens);
  }

  async set(answer: SessionAnswer | null): Promise<void> {
    await this.#adopt(answer && tokensFrom(answer, this.#deps.clock()));
  }

  /**
   * Tokens that do not expire soon. While they cannot be renewed, returns the old ones until they
   * expire.
   * @throws ParleyError `not_logged_in`, `invalid_refresh_token`; retryable errors once the old
   *   token has expired
   */
  async fresh(): Promise<Tokens> {
    const tokens = await this.current();
    const now = this.#deps.clock();
    if (now < tokens.renewAt) return tokens;
    try {
      return await this.renew(tokens.accessToken);
    } catch (error) {
      if (ParleyError.from(error).retryable && now < tokens.expiresAt) return tokens;
      throw error;
    }
  }

  /**
   * Replaces a token that should not be used any more. Uses newer tokens from the storage if there
   * are any.
   */
  async renew(oldAccessToken: string): Promise<Tokens> {
    const tokens = await this.current();
    return tokens.accessToken === oldAccessToken ? this.#renewed(tokens) : tokens;
  }

  #renewed(old: Tokens | null): Promise<Tokens> {
    this.#refreshing ??= this.#refresh(old).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  #refresh(old: Tokens | null): Promise<Tokens> {
    const { storage, clock, exchange } = this.#deps;
    const work = async () => {
      if (exchange) return this.#adopt(tokensFrom(await exchange(), clock()));
      const stored = await storage.load();
      if (!stored || !old)
        throw new ParleyError('not_logged_in', 'The login has ended elsewhere. Log in again.');
      // Access tokens of the same second are the same.
      if (stored.refreshToken !== old.refreshToken) return this.#adopt(stored, { save: false });
      return this.#adopt(tokensFrom(await this.#exchange(old), clock()));
    };
    return storage.exclusively ? storage.exclusively(work) : work();
  }

  /** Repeated once when no response arrives, because only the response may be lost. */
  async #exchange({ refreshToken }: Tokens): Promise<SessionAnswer> {
    const exchange = () =>
      this.#deps.rest.call<SessionAnswer>('POST', '/api/v1/auth/refresh', {
        body: { refreshToken },
        timeoutMs: refreshTimeoutMs,
      });
    try {
      return await exchange();
    } catch (error) {
      if (!['network', 'timeout'].includes(ParleyError.from(error).code)) throw error;
      return exchange();
    }
  }

  async #adopt<T extends Tokens | null>(tokens: T, { save = true } = {}): Promise<T> {
    this.#known = tokens;
    if (save) await this.#deps.storage.save(tokens);
    this.#deps.onTokens(tokens);
    return tokens;
  }
}
