import { type ClientEvent, type ClientPayload, clientEvents } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { fieldErrors } from '@parley/http';
import type { Connection } from '../connections/connection.ts';

/** Handles one kind of client event. */
export interface ClientEventHandler {
  readonly event: ClientEvent;
  /**
   * Answers the data of the acknowledgement.
   * @throws AppError `validation_failed`, and the errors of the event
   */
  handle(connection: Connection, payload: unknown): Promise<unknown>;
}

/** Creates a handler that receives payloads checked against the contract. */
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
