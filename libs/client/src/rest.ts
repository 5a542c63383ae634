import { hintFor } from './hints.ts';
import { ParleyError } from './parley-error.ts';

export interface RestCall {
  body?: unknown;
  token?: string;
  /** @default 20_000 */
  timeoutMs?: number;
}

/** REST by `fetch`. */
export class Rest {
  readonly #url: string;

  /** @param url with its path prefix, without a trailing slash */
  constructor(url: string) {
    this.#url = url;
  }

  /** @throws ParleyError with the server's code; `network`, `timeout`, `not_parley` */
  async call<T>(
    method: string,
    path: string,
    { body, token, timeoutMs = 20_000 }: RestCall = {},
  ): Promise<T> {
    const { response, text } = await this.#fetch(path, timeoutMs, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A redirected POST would become a GET without a body.
      redirect: 'manual',
    });
    const answer = parse(text);
    if (response.ok && answer !== notJson) return answer as T;
    if (hasCode(answer) && answer.code !== unknownPath)
      throw ParleyError.fromProblem(response.status, answer);
    throw this.#foreign(response);
  }

  async #fetch(
    path: string,
    timeoutMs: number,
    init: RequestInit,
  ): Promise<{ response: Response; text: string }> {
    const late = new AbortController();
    // Keeps a Node process alive, which the timer of `AbortSignal.timeout` does not. Node's `fetch`
    // never settles by itself if the server closes the connection before it has the request.
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      const response = await fetch(this.#url + path, { ...init, signal: late.signal });
      return { response, text: await response.text() };
    } catch (error) {
      const problem = late.signal.aborted
        ? `does not respond within ${timeoutMs / 1_000} s`
        : problemOf(error as FailedFetch);
      throw new ParleyError(
        late.signal.aborted ? 'timeout' : 'network',
        `${this.#url} ${problem}. ${hintFor(this.#url, (error as FailedFetch).cause?.code ?? '')}`,
        { retryable: true },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Explains a response that Parley did not write, but a proxy or another server. */
  #foreign({ status, type, headers }: Response): ParleyError {
    if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      const to = headers.get('location') ?? 'another address';
      return new ParleyError(
        'not_parley',
        `${this.#url} redirects to ${to}. Use the address that it redirects to.`,
      );
    }
    if (status >= 500) {
      return new ParleyError(
        'unavailable',
        `${this.#url} answered ${status}: Parley is not available there. Try again.`,
        {
          retryable: true,
        },
      );
    }
    return new ParleyError(
      'not_parley',
      `${this.#url} answered ${status}, but not as Parley does. Check the address and its path prefix.`,
      { retryable: status === 429 },
    );
  }
}

const closed = 'closed the connection without a response';
/** Node's codes of errors. */
const problems: Record<string, string> = {
  UND_ERR_SOCKET: closed,
  ECONNRESET: closed,
  EPIPE: closed,
  ENOTFOUND: 'is not known to the name service',
  EAI_AGAIN: 'is not known to the name service',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS (use http://)',
};

interface FailedFetch {
  name: string;
  cause?: { code?: string; message?: string };
}

function problemOf({ name, cause }: FailedFetch): string {
  const code = cause?.code ?? cause?.message ?? name;
  if (code.startsWith('HPE_')) return 'does not speak HTTP';
  return problems[code] ?? `does not respond (${code})`;
}

const notJson = Symbol('not JSON');

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return notJson;
  }
}

/** Parley's code for a path that it does not serve: the prefix of the address is wrong. */
const unknownPath = 'not_found';

const hasCode = (answer: unknown): answer is { code: unknown } =>
  typeof answer === 'object' && answer !== null && 'code' in answer;

export type QueryValue = string | number | boolean | undefined;

/** `{limit: 5, cursor: undefined, id: ['a', 'b']}` → `?limit=5&id=a&id=b`. */
export function queryOf(values: Record<string, QueryValue | readonly QueryValue[]>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().flatMap((one): [string, string][] => (one === undefined ? [] : [[name, String(one)]])),
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
