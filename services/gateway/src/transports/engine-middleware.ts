import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The response to an upgrade. */
export interface UpgradeResponse {
  readonly socket: Duplex;
}

/**
 * Runs before Engine.IO on every request and upgrade. Answers by itself or calls `next`; an error
 * makes Engine.IO answer 400.
 */
export type EngineMiddleware = (
  request: IncomingMessage,
  response: ServerResponse | UpgradeResponse,
  next: (error?: Error) => void,
) => void;

/** The query of a request, which Engine.IO parses before the first middleware. */
export function engineQuery(request: IncomingMessage): Partial<Record<string, string>> {
  return (request as { _query?: Record<string, string> })._query ?? {};
}
