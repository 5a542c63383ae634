import { randomUUID } from 'node:crypto';
import type { Tokens } from '@parley/client';
import { pause } from '@parley/runtime/async';
import { Refusal } from './wires/wire.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers check the fields that they use
export type Json = any;

const answerWithinMs = 15_000;
const password = 'correct horse battery';

/** A registered user, with REST calls on their behalf. */
export class Person {
  readonly #url: string;
  readonly username: string;
  readonly userId: string;
  readonly #refreshToken: string;
  readonly #expiresIn: number;
  token: string;

  private constructor(url: string, { user, accessToken, refreshToken, expiresIn }: Json) {
    this.#url = url;
    this.username = user.username;
    this.userId = user.id;
    this.token = accessToken;
    this.#refreshToken = refreshToken;
    this.#expiresIn = expiresIn;
  }

  static async register(url: string, name: string): Promise<Person> {
    const username = `${name}-${randomUUID().slice(0, 8)}`;
    return new Person(
      url,
      await call(url, 'POST', '/api/v1/auth/register', {
        username,
        email: `${username}@example.org`,
        password,
      }),
    );
  }

  /** For the SDK, which refreshes them by itself. Do not combine with `logInAnew`. */
  get tokens(): Tokens {
    const { userId, username, token: accessToken } = this;
    const lifeMs = this.#expiresIn * 1_000;
    return {
      ...{ userId, username, accessToken, refreshToken: this.#refreshToken },
      expiresAt: Date.now() + lifeMs - 1_000,
      renewAt: Date.now() + lifeMs * 0.8,
    };
  }

  async logInAnew(): Promise<void> {
    this.token = (
      await call(this.#url, 'POST', '/api/v1/auth/login', { username: this.username, password })
    ).accessToken;
  }

  /** @throws Refusal */
  async call(method: string, path: string, body?: unknown): Promise<Json> {
    try {
      return await call(this.#url, method, path, body, this.token);
    } catch (error) {
      if (isStale(error)) await this.logInAnew();
      throw error;
    }
  }

  /**
   * Retries retryable refusals for `forMs`. @throws Refusal the last one after that time, or the
   * first final one
   */
  async must(method: string, path: string, body?: unknown, forMs = 60_000): Promise<Json> {
    for (const deadline = performance.now() + forMs; ; ) {
      try {
        return await this.call(method, path, body);
      } catch (error) {
        if (
          !(error instanceof Refusal && (error.retryable || isStale(error))) ||
          performance.now() > deadline
        )
          throw error;
        await pause(200);
      }
    }
  }
}

/** An expired token is not a fault of the system. */
export const isStale = (error: unknown) =>
  error instanceof Refusal && ['token_expired', 'unauthenticated'].includes(error.code);

async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Json> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerWithinMs),
  }).catch(() => {
    throw new Refusal('lost', true);
  });
  const text = await response.text().catch(() => {
    throw new Refusal('lost', true);
  });
  const parsed = parse(text);
  if (response.ok) return parsed;
  throw Refusal.of(parsed, response.status);
}

function parse(text: string): Json {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
