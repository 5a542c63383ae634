import {
  type ClientEvent,
  type ClientPayload,
  clientEvents,
  eventScopes,
  requireEventGranted,
  requireOwnId,
} from '@parley/contracts';
import { AppError, type ErrorCode, type ErrorData } from '@parley/errors';
import { validate } from '@parley/http';
import type { Connection } from '../connections/connection.ts';
import { errorFrame } from '../connections/error-frame.ts';
import { type CanonicalEvent, recogniseDialect, translateClientEvent } from '../dialects/translator.ts';
import { requireRate } from './event-rate.ts';
import { handlers } from './handlers.ts';
import type { ProtocolContext } from './protocol-context.ts';

export type Acknowledge = (answer: { ok: true; data: unknown } | { ok: false; error: ErrorData }) => void;

/** An unchecked event from a client. */
export interface Received {
  /** Undefined if the frame could not be parsed. */
  event: string | undefined;
  payload: unknown;
  acknowledge: Acknowledge | undefined;
}

/** Characters of an unknown event name that an error quotes. */
const quotedLength = 40;
/** Fields, in any dialect, that may state the client's own id. */
const ownIdFields = ['userId', 'user_id', 'sender_id', 'created_by'] as const;

/**
 * Passes a client's event, in any dialect, to its handler and acknowledges the outcome. No event
 * ends its connection here. Never rejects.
 */
export function dispatch(
  context: ProtocolContext,
  connection: Connection,
  received: Received,
): Promise<unknown> {
  const canonical = toCanonical(context, connection, received);
  const { tracing } = context;
  if (!tracing) return serve(context, connection, received, canonical);
  return tracing.span(nameOf(canonical), { kind: 'server', of: [] }, async (span) => {
    const refusal = await serve(context, connection, received, canonical);
    if (refusal) span.fail(new AppError(refusal));
  });
}

/** Translates an event to canonical terms. It may show that the client speaks another dialect. */
function toCanonical(
  { following }: ProtocolContext,
  connection: Connection,
  { event, payload }: Received,
): CanonicalEvent | undefined {
  if (event === undefined) return undefined;
  if (!connection.dialectIsFinal) {
    const dialect = recogniseDialect(event, payload, connection.dialect);
    if (dialect && dialect !== connection.dialect) {
      connection.setDialect(dialect);
      void following.opened(connection);
    }
  }
  return translateClientEvent(connection.dialect ?? 'snake_case', event, payload);
}

/** Answers the error code if the event was refused. Never rejects. */
async function serve(
  context: ProtocolContext,
  connection: Connection,
  received: Received,
  canonical: CanonicalEvent | undefined,
): Promise<ErrorCode | undefined> {
  const { inFlight, metrics, logger } = context;
  const { event, acknowledge } = received;
  const name = nameOf(canonical);
  const startedAt = performance.now();
  let begun = false;
  try {
    inFlight.begin(connection);
    begun = true;
    const data = await check(context, connection, received, canonical);
    acknowledge?.({ ok: true, data });
    metrics.done(name, performance.now() - startedAt);
    return undefined;
  } catch (error) {
    const failure = inClientNames(AppError.from(error), canonical);
    metrics.refused(name, failure.code);
    if (failure.code === 'server_error')
      logger.error({ err: error, event: quote(event) }, 'failed to handle an event; answered server_error');
    if (acknowledge) acknowledge({ ok: false, error: failure.toData() });
    else connection.send(errorFrame(failure));
    return failure.code;
  } finally {
    if (begun) inFlight.end(connection);
  }
}

/** Checks the rate, the event's name and the client's own ids, in this order; then handles it. */
async function check(
  context: ProtocolContext,
  connection: Connection,
  { event, payload }: Received,
  canonical: CanonicalEvent | undefined,
): Promise<unknown> {
  requireRate(context, connection);
  if (event === undefined) throw new AppError('malformed_request');
  if (!canonical || !isClientEvent(canonical.event))
    throw new AppError('not_found', { detail: `There is no event "${quote(event)}".` });
  // A bare string is the client's own id only if the dialect says so.
  requireOwnIds(connection, typeof payload === 'string' ? canonical.payload : payload);
  return handle(context, connection, canonical.event, canonical.payload);
}

function handle<E extends ClientEvent>(
  context: ProtocolContext,
  connection: Connection,
  event: E,
  payload: unknown,
): Promise<unknown> {
  const data = validate<unknown>(clientEvents[event], payload, 'payload') as ClientPayload<E>;
  const { caller } = connection;
  const roomId = data && 'roomId' in data ? data.roomId : undefined;
  if (caller.grant) requireEventGranted(caller.grant, event, data);
  const run = recorded(context, connection, { event, roomId }, () =>
    handlers[event](context, connection, data),
  );
  if (typeof roomId !== 'string') return run();
  const { pendingJoins, watching } = context;
  if (event !== 'leave_room') watching.used(connection, roomId);
  const answer = pendingJoins.after(connection, roomId, run);
  if (joins.has(event)) pendingJoins.add(connection, roomId, answer);
  return answer;
}

/** Of a key's connection, records what it does, except for passing signs of life. */
function recorded<T>(
  { verifier, recordedActions }: ProtocolContext,
  connection: Connection,
  { event, roomId }: { event: ClientEvent; roomId: unknown },
  run: () => Promise<T>,
): () => Promise<T> {
  const { caller } = connection;
  if (!caller.grant || event === 'typing') return run;
  const asked = { action: event, scope: eventScopes[event], roomId, requestId: connection.id };
  return () => recordedActions.before(connection, () => verifier.recordAction(caller, asked), run);
}

const joins: ReadonlySet<ClientEvent> = new Set(['join_room', 'enter_room']);

const isClientEvent = (event: string): event is ClientEvent => Object.hasOwn(clientEvents, event);

/** The event's name in metrics and traces. */
const nameOf = (canonical: CanonicalEvent | undefined): string =>
  canonical && isClientEvent(canonical.event) ? canonical.event : 'unknown';

/** @throws AppError `identity_mismatch` */
function requireOwnIds({ caller }: Connection, payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  for (const field of ownIdFields) {
    if (Object.hasOwn(payload, field)) requireOwnId(caller, (payload as Record<string, unknown>)[field]);
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
