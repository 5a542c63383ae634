import { ParleyError } from './parley-error.ts';

export interface RestCall {
  body?: unknown;
  token?: string;
}

const timeoutMs = 20_000;

/** REST by `fetch`. */
export class Rest {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  /** @throws ParleyError with the server's code; `network`, `timeout` */
  async call<T>(method: string, path: string, { body, token }: RestCall = {}): Promise<T> {
    const { status, text } = await this.#fetch(path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parse(text);
    if (status >= 300) throw ParleyError.fromProblem(status, answer);
    return answer as T;
  }

  async #fetch(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(this.#url + path, init);
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError';
      if (late) throw new ParleyError('timeout', `No answer from ${this.#url} within ${timeoutMs / 1_000} s.`, { retryable: true });
      throw new ParleyError('network', `${this.#url} cannot be reached.`, { retryable: true });
    }
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `{limit: 5, cursor: undefined}` → `?limit=5`. */
export function queryOf(values: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(values).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
