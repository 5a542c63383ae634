import type { ClientRequest } from 'node:http';
import { AppError } from '@parley/errors';
import { Cache } from '@parley/runtime';
import type { ForwardKind, ForwardOutcome, GatewayMetrics } from '../../gateway-metrics.ts';
import { answerOf, ClientGone, type OwnerAnswer, OwnerGone, OwnerLate } from './ask-owner.ts';
import { isAuthenticated } from './authenticated-header.ts';

export interface ForwardsOptions {
  /** Maximum forwards in flight, including waiting polls and open upgraded connections. */
  max: number;
  /** Must exceed the time that a poll waits for data. */
  answerWithinMs: number;
  metrics: Pick<GatewayMetrics, 'forwarded' | 'forwardAnswered'>;
}

/** Authenticated sessions remembered; the least recently used ones are forgotten first. */
const maxRemembered = 50_000;

/**
 * Limits and measures the forwards in flight. Sessions that are not known to be authenticated may
 * take half of them, so clients without a token cannot keep out those who have connected.
 */
export class Forwards {
  readonly #options: ForwardsOptions;
  readonly #authenticated = new Cache<true>(maxRemembered);
  /** Forwards in flight of sessions that are not known to be authenticated. */
  #strangers = 0;
  readonly inFlight: Record<ForwardKind, number> = { poll: 0, send: 0, upgrade: 0 };

  constructor(options: ForwardsOptions) {
    this.#options = options;
  }

  /** @throws AppError `unavailable` when too many are in flight */
  begin(kind: ForwardKind, sessionId: string): Forward {
    const { poll, send, upgrade } = this.inFlight;
    const { max, metrics } = this.#options;
    let isStranger = !this.#authenticated.get(sessionId);
    if (poll + send + upgrade >= max || (isStranger && this.#strangers >= Math.ceil(max / 2))) {
      metrics.forwarded(kind, 'busy');
      throw new AppError('unavailable');
    }
    this.inFlight[kind] += 1;
    if (isStranger) this.#strangers += 1;
    const vouch = () => {
      if (isStranger) this.#strangers -= 1;
      isStranger = false;
    };
    return new Forward(kind, this.#options, {
      authenticated: () => {
        this.#authenticated.set(sessionId, true);
        vouch();
      },
      end: () => {
        this.inFlight[kind] -= 1;
        vouch();
      },
    });
  }
}

interface Place {
  /** The session has authenticated. */
  authenticated(): void;
  end(): void;
}

/** A forward in flight, until `end`. */
export class Forward {
  readonly #kind: ForwardKind;
  readonly #options: ForwardsOptions;
  readonly #place: Place;
  readonly #startedAt = performance.now();
  #outcome: ForwardOutcome = 'done';

  constructor(kind: ForwardKind, options: ForwardsOptions, place: Place) {
    this.#kind = kind;
    this.#options = options;
    this.#place = place;
  }

  /** @throws OwnerGone; AppError `unavailable` for everything else */
  async answerOf(asking: ClientRequest): Promise<OwnerAnswer> {
    const { answerWithinMs, metrics } = this.#options;
    try {
      const answer = await answerOf(asking, answerWithinMs);
      metrics.forwardAnswered(this.#kind, performance.now() - this.#startedAt);
      if (isAuthenticated(answer.response)) this.#place.authenticated();
      return answer;
    } catch (error) {
      this.#outcome = outcomeOf(error);
      throw error instanceof OwnerGone ? error : new AppError('unavailable', { cause: error });
    }
  }

  /** The owner has kept the connection, which it does only for an authenticated session. */
  kept(): void {
    this.#place.authenticated();
  }

  end(): void {
    this.#place.end();
    this.#options.metrics.forwarded(this.#kind, this.#outcome);
  }
}

function outcomeOf(error: unknown): ForwardOutcome {
  if (error instanceof OwnerGone) return 'gone';
  if (error instanceof OwnerLate) return 'late';
  return error instanceof ClientGone ? 'abandoned' : 'failed';
}
