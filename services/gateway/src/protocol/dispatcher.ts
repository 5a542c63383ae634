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

/** An event as it came from a client: nothing about it can be relied on. */
export interface Received {
  /** Undefined: it could not even be read. */
  event: string | undefined;
  payload: unknown;
  acknowledge: Acknowledge | undefined;
}

export interface DispatcherDeps {
  handlers: readonly ClientEventHandler[];
  rate: EventRate;
  /** How errors name `rate`. */
  rateName: LimitName;
  inFlight: InFlight;
  /** Called when the events of a connection have shown that it speaks another style than was assumed. Never throws. */
  dialectChanged: (connection: Connection) => void;
  metrics: Pick<GatewayMetrics, 'done' | 'refused'>;
  /** Absent: tracing is off. */
  tracing?: Tracing | undefined;
  logger: Logger;
}

/** Of a name that we do not know, this much is quoted. */
const quotedLength = 40;
/** Where a client may state its own id, in whatever style. */
const ownIdFields = ['userId', 'user_id', 'sender_id', 'created_by'] as const;

/** Takes an event of a client, in whatever style, to its handler, and the outcome back. Whatever the client sent, nothing here ends its connection. */
export class Dispatcher {
  readonly #handlers: ReadonlyMap<string, ClientEventHandler>;
  readonly #deps: DispatcherDeps;

  constructor(deps: DispatcherDeps) {
    this.#handlers = new Map(deps.handlers.map((handler) => [handler.event, handler]));
    this.#deps = deps;
  }

  /** The canonical events that are served. */
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

  /** Answers why it was refused, where it was. Never rejects. */
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
      const failure = inTheirNames(AppError.from(error), canonical);
      metrics.refused(name, failure.code);
      if (failure.code === 'server_error')
        this.#deps.logger.error({ err: error, event: quote(event) }, 'an event could not be handled');
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
    // A bare string is an own id only where the style says so.
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

/** The fields that are wrong, as the client calls them. */
function inTheirNames(error: AppError, canonical: CanonicalEvent | undefined): AppError {
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
