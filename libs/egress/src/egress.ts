import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AddressRules } from './address-rules.ts';
import { EgressError } from './egress-error.ts';
import { dropBody, readBody } from './read-body.ts';
import { dnsResolver, type Resolve } from './resolve.ts';

export interface EgressOptions {
  /** See `EGRESS_ALLOW`. @default none */
  allow?: readonly string[];
  /** See `EGRESS_PORTS`. @default none */
  ports?: readonly number[];
  /** For a request with its redirects and its answer. @default 5000 */
  timeoutMs?: number;
  /** Maximum size of an answer. @default 1 MB */
  maxBytes?: number;
  /** @default DNS */
  resolve?: Resolve;
}

export interface EgressRequest {
  method: 'GET' | 'POST';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Ends the request with the reason `aborted`. */
  signal?: AbortSignal;
  /** Less than the guard's own. */
  timeoutMs?: number;
  /** Answers with an empty body, however long the real one is. @default false */
  ignoreBody?: boolean;
}

export interface EgressResponse {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

const maxRedirects = 3;
const maxUrlLength = 2_000;
/** Idle connections to one host, and how long they are kept. */
const kept = { keepAlive: true, maxFreeSockets: 4, timeout: 15_000 };

/**
 * The one way to URLs that users supply. It contacts only public addresses and those that the
 * operator lists; see `AddressRules`. A name is resolved once and the connection goes to an address
 * that has been checked, so a name that changes its address in between leads nowhere else. Every
 * redirect is checked in the same way.
 */
export class Egress {
  readonly #options: Required<EgressOptions>;
  readonly #rules: AddressRules;
  readonly #ports: ReadonlySet<number>;
  readonly #http = new HttpAgent(kept);
  readonly #https = new HttpsAgent(kept);

  constructor(options: EgressOptions = {}) {
    this.#options = {
      allow: [],
      ports: [],
      timeoutMs: 5_000,
      maxBytes: 1_000_000,
      resolve: dnsResolver(),
      ...options,
    };
    this.#rules = new AddressRules(this.#options.allow);
    this.#ports = new Set([80, 443, ...this.#options.ports]);
  }

  /**
   * Checks all that a URL says by itself. A name is resolved only by `request`.
   * @throws EgressError `url`, `address`
   */
  check(text: string): URL {
    if (text.length > maxUrlLength || !URL.canParse(text))
      throw new EgressError('url', 'is not a URL of at most 2,000 characters');
    const url = new URL(text);
    const { protocol, username, password } = url;
    if (protocol !== 'http:' && protocol !== 'https:')
      throw new EgressError('url', 'must begin with http:// or https://');
    if (username !== '' || password !== '') throw new EgressError('url', 'must not contain credentials');
    const port = Number(url.port) || (protocol === 'http:' ? 80 : 443);
    if (!this.#ports.has(port)) throw new EgressError('url', `port ${port} is not allowed`);
    const host = hostOf(url);
    if (isIP(host) && !this.#rules.permits(host)) throw new EgressError('address', 'is not a public address');
    return url;
  }

  /**
   * Follows at most three redirects: every redirect of a GET, and of a POST those that keep its
   * body (307, 308). Any other answer is returned, whatever its status.
   * @throws EgressError
   */
  async request(asked: EgressRequest): Promise<EgressResponse> {
    const timeout = AbortSignal.timeout(Math.min(asked.timeoutMs ?? Infinity, this.#options.timeoutMs));
    const signal = asked.signal ? AbortSignal.any([timeout, asked.signal]) : timeout;
    try {
      return await this.#follow(asked, signal);
    } catch (error) {
      if (timeout.aborted) throw new EgressError('timeout', 'did not answer in time', error);
      if (signal.aborted) throw new EgressError('aborted', 'was aborted', error);
      if (error instanceof EgressError) throw error;
      throw new EgressError('connection', connectionProblem(error), error);
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #follow(asked: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    let url = this.check(asked.url);
    let headers = asked.headers ?? {};
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#send({ ...asked, headers }, url, signal);
      const target = redirectOf(asked.method, answer);
      if (target === undefined) {
        const { statusCode: status = 0, headers } = answer;
        if (!asked.ignoreBody)
          return { status, headers, body: await readBody(answer, this.#options.maxBytes) };
        void dropBody(answer);
        return { status, headers, body: '' };
      }
      answer.destroy();
      if (redirects === maxRedirects) throw new EgressError('redirect', 'redirects too often');
      const next = this.check(URL.canParse(target, url.href) ? new URL(target, url).href : target);
      if (url.protocol === 'https:' && next.protocol === 'http:')
        throw new EgressError('redirect', 'redirects from https to http');
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
  }

  async #send(asked: EgressRequest, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const addresses = await this.#addressesOf(url, signal);
    const exchange = () => this.#exchange(asked, url, addresses, signal);
    return exchange().catch((error: unknown) => {
      // The server closed an idle connection just when it was used again.
      if (error instanceof StaleConnection && !signal.aborted) return exchange();
      throw error;
    });
  }

  /** The addresses of a host that may be contacted. */
  async #addressesOf(url: URL, signal: AbortSignal): Promise<string[]> {
    const host = hostOf(url);
    // Checked with the URL.
    if (isIP(host)) return [host];
    const found = await withAbort(this.#options.resolve(host, signal), signal).catch((error: unknown) => {
      throw new EgressError('name', 'its name could not be resolved', error);
    });
    if (found.length === 0) throw new EgressError('name', 'its name has no address');
    const permitted = found.filter((address) => this.#rules.permits(address));
    if (permitted.length === 0) throw new EgressError('address', 'its name has no public address');
    return permitted;
  }

  #exchange(
    { method, headers, body }: EgressRequest,
    url: URL,
    addresses: readonly string[],
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const isHttps = url.protocol === 'https:';
    const send = isHttps ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        { method, headers, agent: isHttps ? this.#https : this.#http, lookup: lookupOf(addresses), signal },
        resolve,
      );
      request.on('error', (error) => reject(request.reusedSocket ? new StaleConnection(error) : error));
      request.end(body);
    });
  }
}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super('the connection was closed', { cause });
  }
}

/** Answers with checked addresses, so the connection goes to no others. */
const lookupOf =
  (addresses: readonly string[]): LookupFunction =>
  (_host, { all }, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }));
    if (all) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family);
  };

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

function redirectOf(method: EgressRequest['method'], { statusCode, headers }: IncomingMessage) {
  const followed = method === 'GET' ? [301, 302, 303, 307, 308] : [307, 308];
  return followed.includes(statusCode ?? 0) ? headers.location : undefined;
}

const withoutCredentials = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)));

/** A resolver may not heed its signal. */
const withAbort = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

function connectionProblem(error: unknown): string {
  const cause = error instanceof StaleConnection ? error.cause : error;
  const { code } = cause as NodeJS.ErrnoException;
  return code ? `could not be reached (${code})` : 'could not be reached';
}
