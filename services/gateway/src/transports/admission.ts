import { AppError, type LimitName } from '@parley/errors';
import { type Clock, nameRate, type Rate } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { GatewayMetrics } from '../gateway-metrics.ts';

/** A handshake waits at most this long for its turn. Clients and proxies wait longer. */
const maxHeldMs = 5_000;
/** Nobody is sent away for longer. Turns beyond it are spread over its second half. */
const maxAwayMs = 120_000;

/** Something that may end before its turn. */
interface Newcomer {
  readonly destroyed: boolean;
}

/**
 * Admits handshakes at `HANDSHAKE_RATE`, because opening a connection costs more than keeping it.
 * After a burst, newcomers wait in a line, which costs nothing but a socket: a client needs to know
 * nothing about it. If the line is full, a client is told when to come back. Those times are spread
 * at the same rate, behind the line, so that clients who obey find it empty.
 *
 * One network has at most half of the line. Otherwise somebody who only opens connections, even
 * without a token, could fill it for all others.
 */
export class Admission {
  readonly #rate: Rate | 'off';
  readonly #name: LimitName;
  readonly #clock: Clock;
  readonly #metrics: Pick<GatewayMetrics, 'handshake'>;
  readonly #random: () => number;
  /** When the next one is admitted. Before now: how much of the burst is left. */
  #turn = 0;
  /** When the last one that was sent away comes back. */
  #returns = 0;
  /** How many wait, by network. */
  readonly #waiting = new Map<string, number>();

  constructor(deps: {
    rate: Rate | 'off';
    clock: Clock;
    metrics: Pick<GatewayMetrics, 'handshake'>;
    /** @default Math.random */
    random?: () => number;
  }) {
    this.#rate = deps.rate;
    this.#name = nameRate('HANDSHAKE_RATE', deps.rate, ['gateway']);
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#random = deps.random ?? Math.random;
  }

  /**
   * Resolves at the newcomer's turn; at once, unless too many have come. Answers false if it has
   * gone meanwhile.
   * @param network see `networkOf`
   * @throws AppError `rate_limit` with the time to come back
   */
  async admit(newcomer: Newcomer, network: string): Promise<boolean> {
    const waitMs = this.#take(network);
    this.#metrics.handshake(waitMs > 0 ? 'held' : 'admitted');
    if (waitMs === 0) return !newcomer.destroyed;
    this.#waiting.set(network, this.#waitingOf(network) + 1);
    await pause(waitMs, { ref: false });
    const left = this.#waitingOf(network) - 1;
    if (left > 0) this.#waiting.set(network, left);
    else this.#waiting.delete(network);
    return !newcomer.destroyed;
  }

  /** Answers the milliseconds until a turn. */
  #take(network: string): number {
    if (this.#rate === 'off') return 0;
    const { limit, windowMs } = this.#rate;
    const [now, eachMs] = [this.#clock(), windowMs / limit];
    const turn = Math.max(this.#turn, now - windowMs + eachMs);
    if (turn - now > maxHeldMs) {
      this.#returns = Math.max(this.#returns, turn) + eachMs;
      const awayMs = Math.ceil(this.#returns - now);
      throw this.#refusal(awayMs <= maxAwayMs ? awayMs : maxAwayMs * (0.5 + this.#random() / 2));
    }
    const share = Math.ceil(maxHeldMs / eachMs / 2);
    if (turn > now && this.#waitingOf(network) >= share)
      throw this.#refusal(maxHeldMs * (0.5 + this.#random() / 2));
    this.#turn = turn + eachMs;
    return Math.max(turn - now, 0);
  }

  #refusal(awayMs: number): AppError {
    this.#metrics.handshake('refused');
    return new AppError('rate_limit', { ...this.#name, retryAfterMs: Math.ceil(awayMs) });
  }

  readonly #waitingOf = (network: string): number => this.#waiting.get(network) ?? 0;
}
