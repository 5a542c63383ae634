import { AppError } from '@parley/errors';
import type { Tracing } from '@parley/tracing';
import type { RequestHandler } from 'express';

/**
 * Runs a route's handler in a span, within the caller's trace if there is one (`traceparent`).
 * Errors reach the error handler.
 */
export function traced(tracing: Tracing, name: string, handle: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const options = {
      kind: 'server',
      of: [request.get('traceparent')],
      attributes: { 'parley.request.id': String(request.id) },
    } as const;
    return tracing.span(name, options, async (span) => {
      // Log lines written after the span has ended carry its trace, too.
      request.log = request.log.child({ traceId: span.traceId });
      try {
        await handle(request, response, next);
        span.set({ 'http.response.status_code': response.statusCode });
      } catch (error) {
        span.set({ 'http.response.status_code': AppError.from(error).status });
        throw error;
      }
    });
  };
}
