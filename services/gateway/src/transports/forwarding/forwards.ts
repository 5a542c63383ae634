import type { ClientRequest } from 'node:http';
import { AppError } from '@parley/errors';
import type { ForwardKind, ForwardOutcome, GatewayMetrics } from '../../gateway-metrics.ts';
import { answerOf, ClientGone, type OwnerAnswer, OwnerGone, OwnerLate } from './ask-owner.ts';

export interface ForwardsOptions {
  /** Forwards in flight at a time: polls that wait, and upgraded connections for as long as they live. */
  max: number;
  /** Longer than a poll waits for something to be sent. */
  answerWithinMs: number;
  metrics: Pick<GatewayMetrics, 'forwarded' | 'forwardAnswered'>;
}

/** Bounds and measures what is being forwarded. */
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

/** One that is in flight until it ends. */
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
