import { AppError, type ErrorData } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Connection } from '../sockets/connection.ts';
import { errorFrame } from '../sockets/error-frame.ts';
import type { ClientEventHandler } from './client-event.ts';
import type { EventRate } from './event-rate.ts';

export type Acknowledge = (answer: { ok: true; data: unknown } | { ok: false; error: ErrorData }) => void;

/** An event as it came from a client: nothing about it can be relied on. */
export interface Received {
  event: string;
  payload: unknown;
  acknowledge: Acknowledge | undefined;
}

/** Of a name that we do not know, this much is quoted. */
const quotedLength = 40;

/** Takes an event of a client to its handler, and the outcome back. Whatever the client sent, it stays connected. */
export class Dispatcher {
  readonly #handlers: ReadonlyMap<string, ClientEventHandler>;
  readonly #rate: EventRate;
  readonly #metrics: Pick<GatewayMetrics, 'in'>;
  readonly #logger: Logger;

  constructor(deps: { handlers: readonly ClientEventHandler[]; rate: EventRate; metrics: Pick<GatewayMetrics, 'in'>; logger: Logger }) {
    this.#handlers = new Map(deps.handlers.map((handler) => [handler.event, handler]));
    this.#rate = deps.rate;
    this.#metrics = deps.metrics;
    this.#logger = deps.logger;
  }

  /** Never rejects. */
  async dispatch(connection: Connection, { event, payload, acknowledge }: Received): Promise<void> {
    try {
      const data = await this.#handle(connection, event, payload);
      acknowledge?.({ ok: true, data });
    } catch (error) {
      const failure = AppError.from(error);
      if (failure.code === 'server_error') this.#logger.error({ err: error, event: quote(event) }, 'an event could not be handled');
      if (acknowledge) acknowledge({ ok: false, error: failure.toData() });
      else connection.send(errorFrame(failure));
    }
  }

  async #handle(connection: Connection, event: string, payload: unknown): Promise<unknown> {
    const handler = this.#handlers.get(event);
    this.#metrics.in(handler?.event ?? 'unknown');
    const waitMs = this.#rate.take(connection);
    if (waitMs > 0) throw new AppError('rate_limit', { retryAfterMs: waitMs });
    if (!handler) throw new AppError('not_found', { detail: `There is no event "${quote(event)}".` });
    return handler.handle(connection, payload);
  }
}

const quote = (event: unknown) => String(event).slice(0, quotedLength).toWellFormed();
