import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The response to an upgrade. */
export interface UpgradeResponse {
  readonly socket: Duplex;
}

/** Sees every request and upgrade before Engine.IO does. It answers by itself, or calls `next`; with an error Engine.IO answers 400. */
export type EngineMiddleware = (
  request: IncomingMessage,
  response: ServerResponse | UpgradeResponse,
  next: (error?: Error) => void,
) => void;

/** The query of a request, which Engine.IO has parsed before the first middleware. */
export function engineQuery(request: IncomingMessage): Partial<Record<string, string>> {
  return (request as { _query?: Record<string, string> })._query ?? {};
}
