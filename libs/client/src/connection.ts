import { pause } from '@parley/runtime/async';
import { backOffMs } from './back-off.ts';
import type { ConnectionEvent, StopReason } from './events.ts';
import { type Link, type LinkEnd, type LinkOptions, openLink } from './link.ts';
import { type Ended, nextStep } from './next-step.ts';
import { ParleyError } from './parley-error.ts';
import type { ServerUrl } from './server-url.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface ConnectionDeps {
  server: ServerUrl;
  tokens: TokenKeeper;
  clock: () => number;
  random: () => number;
  onEvent: (name: string, payload: unknown) => void;
  /** Called for every new link. Rooms must be joined again on each. */
  onOnline: (link: Link) => void;
  onState: (state: ConnectionEvent) => void;
}

const renewTimeoutMs = 5_000;
/** The maximum of setTimeout. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Keeps a link open. Replaces a link that ends, with fresh tokens, until it stops or the server
 * advises against reconnecting.
 */
export class Connection {
  readonly #deps: ConnectionDeps;
  readonly #stopping = new AbortController();
  /** Ends the pause after the present attempt, also beforehand. */
  #hurrying = new AbortController();
  #link: Link | undefined;
  #stopped: StopReason | undefined;
  #endLink: ((code: string) => void) | undefined;
  /**
   * Whether the last attempt got no response. Some proxies drop WebSockets instead of refusing
   * them.
   */
  #swallowed = false;
  /** The reason why there is no link, while there is none. */
  #problem = 'There is no connection yet.';
  readonly #waiting = new Set<() => void>();

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    void this.#run();
  }

  /** Aborts when the connection stops. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /**
   * The link, once there is one.
   * @param timeoutMs maximum time to wait for it
   * @throws ParleyError `network` when it takes longer; `closed` and others when the session has
   *   stopped
   */
  async link(timeoutMs: number): Promise<Link> {
    const deadline = this.#deps.clock() + timeoutMs;
    for (;;) {
      if (this.#stopped) throw new ParleyError(this.#stopped, `The session has ended: ${this.#stopped}.`);
      if (this.#link) return this.#link;
      const leftMs = deadline - this.#deps.clock();
      if (leftMs <= 0) throw new ParleyError('network', this.#problem, { retryable: true });
      await this.#change(leftMs);
    }
  }

  /** Connects now instead of after the pause, if there is one or the present attempt fails. */
  hurry(): void {
    if (!this.#link) this.#hurrying.abort();
  }

  /** Connects anew at once: the network has changed, so a link may be dead without a sign. */
  replace(): void {
    this.#endLink?.('network_changed');
    this.#hurrying.abort();
  }

  /** Stops for good. Idempotent; the first reason is kept. */
  stop(reason: StopReason): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    this.#hurrying.abort();
    this.#endLink?.(reason);
    this.#stopping.abort();
    this.#wake();
    this.#deps.onState({ state: 'stopped', reason });
  }

  async #run(): Promise<void> {
    let failures = 0;
    let refusedToken: string | undefined;
    while (!this.#stopped) {
      this.#hurrying = new AbortController();
      this.#deps.onState({ state: 'connecting' });
      let ended: Ended;
      let token: string | undefined;
      try {
        const { tokens } = this.#deps;
        token = (await (refusedToken ? tokens.renew(refusedToken) : tokens.fresh())).accessToken;
        refusedToken = undefined;
        ended = await this.#live(token);
        this.#problem = `The connection has ended (${ended.code}).`;
      } catch (error) {
        const { code, message, retryable, retryAfterMs } = ParleyError.from(error);
        this.#problem = message;
        ended = { code, retryable, retryAfterMs, clean: false, livedMs: 0 };
      }
      if (this.#stopped) return;
      const next = nextStep(ended, failures, this.#deps.random);
      if ('stop' in next) return this.stop(next.stop);
      failures = next.failures;
      if (next.renew) refusedToken = token;
      this.#deps.onState({
        state: 'offline',
        reason: ended.code,
        message: this.#problem,
        retryInMs: next.waitMs,
      });
      await pause(next.waitMs, { signal: this.#hurrying.signal });
    }
  }

  /** Opens a link. Resolves when it has ended. */
  async #live(token: string): Promise<Ended> {
    const { clock, onOnline, onState } = this.#deps;
    let end: (end: LinkEnd) => void = () => undefined;
    const ending = new Promise<LinkEnd>((resolve) => {
      end = resolve;
    });
    const link = await this.#open(token, end);
    const since = clock();
    if (this.#stopped) link.close();
    else {
      const renewing = new AbortController();
      this.#link = link;
      this.#endLink = (code) => {
        link.close();
        end({ code, clean: true });
      };
      void this.#replaceTokenInTime(link, token, renewing.signal);
      onState({ state: 'online' });
      onOnline(link);
      this.#wake();
      await ending;
      renewing.abort();
      this.#link = undefined;
      this.#endLink = undefined;
    }
    const { code, clean } = this.#stopped ? { code: 'closed', clean: true } : await ending;
    return { code, clean, retryable: true, retryAfterMs: undefined, livedMs: clock() - since };
  }

  /**
   * Tries WebSocket first, because it needs one request, then polling where WebSockets are refused.
   */
  async #open(token: string, onEnd: (end: LinkEnd) => void): Promise<Link> {
    const { server, onEvent } = this.#deps;
    const transports: LinkOptions['transports'] = this.#swallowed ? ['polling'] : ['websocket', 'polling'];
    this.#swallowed = false;
    try {
      return await openLink({ server, token, transports, onEvent, onEnd });
    } catch (error) {
      this.#swallowed = transports.length > 1 && ParleyError.from(error).code === 'timeout';
      throw error;
    }
  }

  /**
   * Renews the token of a link before it expires. If the server does not accept a new token on a
   * live link, replaces the link, as when a gateway drains.
   */
  async #replaceTokenInTime(link: Link, first: string, signal: AbortSignal): Promise<void> {
    let token = first;
    const { tokens, clock, random } = this.#deps;
    const { renewAt } = await tokens.current();
    let waitMs = Math.max(renewAt - clock(), 0);
    for (let failures = 0; ; failures++) {
      await pause(Math.min(waitMs, maxTimerMs), { signal });
      if (signal.aborted) return;
      // If renewal keeps failing, the server ends the link, and reconnecting reports the reason.
      const present = await tokens.fresh().catch(() => undefined);
      if (present && present.accessToken !== token) {
        const taken = await link
          .request('refresh_token', { token: present.accessToken }, renewTimeoutMs)
          .then(
            () => true,
            () => false,
          );
        if (signal.aborted) return;
        if (!taken) return this.#endLink?.('token_renewed');
        token = present.accessToken;
        failures = 0;
      }
      waitMs =
        present && clock() < present.renewAt
          ? present.renewAt - clock()
          : 1_000 + backOffMs(failures, random);
    }
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(timeoutMs, maxTimerMs));
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
