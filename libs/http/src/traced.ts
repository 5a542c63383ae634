import { AppError } from '@parley/errors';
import type { Tracing } from '@parley/tracing';
import type { RequestHandler } from 'express';

/** A route's handler as a span, in the caller's trace if it names one (`traceparent`). What goes wrong goes on to the error handler. */
export function traced(tracing: Tracing, name: string, handle: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const options = {
      kind: 'server',
      of: [request.get('traceparent')],
      attributes: { 'parley.request.id': String(request.id) },
    } as const;
    return tracing.span(name, options, async (span) => {
      // Lines that are written when the span is over name its trace, too.
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
