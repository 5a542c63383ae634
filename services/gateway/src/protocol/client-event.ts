import { type ClientEvent, type ClientPayload, clientEvents } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { fieldErrors } from '@parley/http';
import type { Connection } from '../connections/connection.ts';

/** How one event of clients is served. */
export interface ClientEventHandler {
  readonly event: ClientEvent;
  /** Answers the acknowledgement's data. @throws AppError `validation_failed`, and what the event's own rules say */
  handle(connection: Connection, payload: unknown): Promise<unknown>;
}

/** A handler whose payload has been checked against the contract. */
export function clientEvent<E extends ClientEvent>(
  event: E,
  handle: (connection: Connection, payload: ClientPayload<E>) => Promise<unknown>,
): ClientEventHandler {
  const schema = clientEvents[event];
  return {
    event,
    handle: (connection, payload) => {
      const parsed = schema.safeParse(payload);
      if (!parsed.success) throw new AppError('validation_failed', { fields: fieldErrors(parsed.error) });
      return handle(connection, parsed.data as ClientPayload<E>);
    },
  };
}
