import { requireOwnId } from '@parley/contracts';
import { AppError, type ErrorCode, type ErrorData, type LimitName } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { Connection } from '../connections/connection.ts';
import { errorFrame } from '../connections/error-frame.ts';
import { type CanonicalEvent, recogniseDialect, translateClientEvent } from '../dialects/translator.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { ClientEventHandler } from './client-event.ts';
import type { EventRate } from './event-rate.ts';
import type { InFlight } from './in-flight.ts';

export type Acknowledge = (answer: { ok: true; data: unknown } | { ok: false; error: ErrorData }) => void;

/** An unchecked event from a client. */
export interface Received {
  /** Undefined if the frame could not be parsed. */
  event: string | undefined;
  payload: unknown;
  acknowledge: Acknowledge | undefined;
}

export interface DispatcherDeps {
  handlers: readonly ClientEventHandler[];
  rate: EventRate;
  /** The name of `rate` in errors. */
  rateName: LimitName;
  inFlight: InFlight;
  /**
   * Called when an event shows that the client speaks another dialect than assumed. Never throws.
   */
  dialectChanged: (connection: Connection) => void;
  metrics: Pick<GatewayMetrics, 'done' | 'refused'>;
  /** Absent if tracing is off. */
  tracing?: Tracing | undefined;
  logger: Logger;
}

/** Characters of an unknown event name that an error quotes. */
const quotedLength = 40;
/** Fields, in any dialect, that may state the client's own id. */
const ownIdFields = ['userId', 'user_id', 'sender_id', 'created_by'] as const;

/**
 * Passes a client's event, in any dialect, to its handler and acknowledges the outcome. No event
 * ends its connection here.
 */
export class Dispatcher {
  readonly #handlers: ReadonlyMap<string, ClientEventHandler>;
  readonly #deps: DispatcherDeps;

  constructor(deps: DispatcherDeps) {
    this.#handlers = new Map(deps.handlers.map((handler) => [handler.event, handler]));
    this.#deps = deps;
  }

  /** The canonical events that are handled. */
  get events(): string[] {
    return [...this.#handlers.keys()];
  }

  /** Never rejects. */
  dispatch(connection: Connection, received: Received): Promise<unknown> {
    const { event, payload } = received;
    const canonical =
      event === undefined ? undefined : this.#translateClientEvent(connection, event, payload);
    const handler = canonical && this.#handlers.get(canonical.event);
    const { tracing } = this.#deps;
    if (!tracing) return this.#serve(connection, received, canonical, handler);
    return tracing.span(handler?.event ?? 'unknown', { kind: 'server', of: [] }, async (span) => {
      const refusal = await this.#serve(connection, received, canonical, handler);
      if (refusal) span.fail(new AppError(refusal));
    });
  }

  /** Answers the error code if the event was refused. Never rejects. */
  async #serve(
    connection: Connection,
    { event, payload, acknowledge }: Received,
    canonical: CanonicalEvent | undefined,
    handler: ClientEventHandler | undefined,
  ): Promise<ErrorCode | undefined> {
    const { metrics } = this.#deps;
    const name = handler?.event ?? 'unknown';
    const startedAt = performance.now();
    let begun = false;
    try {
      this.#deps.inFlight.begin(connection);
      begun = true;
      const data = await this.#handle(connection, { event, payload }, canonical, handler);
      acknowledge?.({ ok: true, data });
      metrics.done(name, performance.now() - startedAt);
      return undefined;
    } catch (error) {
      const failure = inClientNames(AppError.from(error), canonical);
      metrics.refused(name, failure.code);
      if (failure.code === 'server_error')
        this.#deps.logger.error(
          { err: error, event: quote(event) },
          'failed to handle an event; answered server_error',
        );
      if (acknowledge) acknowledge({ ok: false, error: failure.toData() });
      else connection.send(errorFrame(failure));
      return failure.code;
    } finally {
      if (begun) this.#deps.inFlight.end(connection);
    }
  }

  #translateClientEvent(connection: Connection, event: string, payload: unknown): CanonicalEvent | undefined {
    if (!connection.dialectIsFinal) {
      const dialect = recogniseDialect(event, payload, connection.dialect);
      if (dialect && dialect !== connection.dialect) {
        connection.setDialect(dialect);
        this.#deps.dialectChanged(connection);
      }
    }
    return translateClientEvent(connection.dialect ?? 'snake_case', event, payload);
  }

  async #handle(
    connection: Connection,
    { event, payload }: Pick<Received, 'event' | 'payload'>,
    canonical: CanonicalEvent | undefined,
    handler: ClientEventHandler | undefined,
  ): Promise<unknown> {
    const waitMs = this.#deps.rate.take(connection);
    if (waitMs > 0) throw new AppError('rate_limit', { ...this.#deps.rateName, retryAfterMs: waitMs });
    if (event === undefined) throw new AppError('malformed_request');
    if (!canonical || !handler)
      throw new AppError('not_found', { detail: `There is no event "${quote(event)}".` });
    // A bare string is the client's own id only if the dialect says so.
    requireOwnIds(connection, typeof payload === 'string' ? canonical.payload : payload);
    return handler.handle(connection, canonical.payload);
  }
}

/** @throws AppError `identity_mismatch` */
function requireOwnIds({ caller }: Connection, payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  for (const field of ownIdFields) {
    const stated = Object.hasOwn(payload, field) ? (payload as Record<string, unknown>)[field] : undefined;
    if (stated === undefined || stated === null) continue;
    if (typeof stated !== 'string') throw new AppError('identity_mismatch');
    requireOwnId(caller, stated);
  }
}

/** Names the wrong fields as the client's dialect does. */
function inClientNames(error: AppError, canonical: CanonicalEvent | undefined): AppError {
  if (!error.fields || !canonical) return error;
  return new AppError(error.code, {
    detail: error.message,
    fields: canonical.named(error.fields),
    retryAfterMs: error.retryAfterMs,
    ...error.limitName,
    cause: error.cause,
  });
}

const quote = (event: unknown) => String(event).slice(0, quotedLength).toWellFormed();
