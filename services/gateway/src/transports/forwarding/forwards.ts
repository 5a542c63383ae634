import type { ClientRequest } from 'node:http';
import { AppError } from '@parley/errors';
import type { ForwardKind, ForwardOutcome, GatewayMetrics } from '../../gateway-metrics.ts';
import { answerOf, ClientGone, type OwnerAnswer, OwnerGone, OwnerLate } from './ask-owner.ts';

export interface ForwardsOptions {
  /** Maximum forwards in flight, including waiting polls and open upgraded connections. */
  max: number;
  /** Must exceed the time that a poll waits for data. */
  answerWithinMs: number;
  metrics: Pick<GatewayMetrics, 'forwarded' | 'forwardAnswered'>;
}

/** Limits and measures the forwards in flight. */
export class Forwards {
  readonly #options: ForwardsOptions;
  readonly inFlight: Record<ForwardKind, number> = { poll: 0, send: 0, upgrade: 0 };

  constructor(options: ForwardsOptions) {
    this.#options = options;
  }

  /** @throws AppError `unavailable` when too many are in flight */
  begin(kind: ForwardKind): Forward {
    const { poll, send, upgrade } = this.inFlight;
    if (poll + send + upgrade >= this.#options.max) {
      this.#options.metrics.forwarded(kind, 'busy');
      throw new AppError('unavailable');
    }
    this.inFlight[kind] += 1;
    return new Forward(kind, this.#options, () => {
      this.inFlight[kind] -= 1;
    });
  }
}

/** A forward in flight, until `end`. */
export class Forward {
  readonly #kind: ForwardKind;
  readonly #options: ForwardsOptions;
  readonly #release: () => void;
  readonly #startedAt = performance.now();
  #outcome: ForwardOutcome = 'done';

  constructor(kind: ForwardKind, options: ForwardsOptions, release: () => void) {
    this.#kind = kind;
    this.#options = options;
    this.#release = release;
  }

  /** @throws OwnerGone; AppError `unavailable` for everything else */
  async answerOf(asking: ClientRequest): Promise<OwnerAnswer> {
    const { answerWithinMs, metrics } = this.#options;
    try {
      const answer = await answerOf(asking, answerWithinMs);
      metrics.forwardAnswered(this.#kind, performance.now() - this.#startedAt);
      return answer;
    } catch (error) {
      this.#outcome = outcomeOf(error);
      throw error instanceof OwnerGone ? error : new AppError('unavailable', { cause: error });
    }
  }

  end(): void {
    this.#release();
    this.#options.metrics.forwarded(this.#kind, this.#outcome);
  }
}

function outcomeOf(error: unknown): ForwardOutcome {
  if (error instanceof OwnerGone) return 'gone';
  if (error instanceof OwnerLate) return 'late';
  return error instanceof ClientGone ? 'abandoned' : 'failed';
}
