import { type Operation, statusOf } from '@parley/contracts';
import { AppError, errorTable } from '@parley/errors';
import type { ErrorRequestHandler, Response } from 'express';

/** Converts errors of Express and its parsers. */
function fromHttpError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { status, type } = (typeof error === 'object' && error !== null ? error : {}) as {
    status?: unknown;
    type?: unknown;
  };
  if (status === 413) return new AppError('payload_too_large', { cause: error });
  if (status === 415 || type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new AppError('unsupported_media_type', { cause: error });
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AppError('malformed_request', { cause: error });
  return AppError.from(error);
}

/** @param operation the requested operation, if any */
function sendProblem(response: Response, error: AppError, operation?: Operation): void {
  const { text } = errorTable[error.code];
  const status = statusOf(error.code, operation);
  if (error.retryAfterMs !== undefined)
    response.setHeader('Retry-After', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  else if (status === 503) response.setHeader('Retry-After', 1);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:parley:error:${error.code}`,
        title: text,
        status,
        code: error.code,
        detail: error.message,
        requestId: response.req.id,
        ...(error.fields && { errors: error.fields }),
        ...(error.retryAfterMs !== undefined && {
          retryAfterMs: Math.ceil(error.retryAfterMs),
        }),
        ...error.limitName,
        ...(error.current && { current: error.current }),
      }),
    );
}

/**
 * The last handler: turns every error into Problem Details. Logs server errors with their cause.
 */
export const problemHandler: ErrorRequestHandler = (thrown, request, response, next) => {
  const error = fromHttpError(thrown);
  if (error.status >= 500)
    request.log.error({ err: error.cause ?? error, code: error.code }, 'request failed');
  if (response.headersSent) return next(thrown);
  sendProblem(response, error, response.locals.operation as Operation | undefined);
};
