import { type ErrorCode, errorTable, isErrorCode } from './error-table.ts';
import { isOutage } from './outage.ts';

/** One field that is wrong, by its path in the body, query, parameters or headers (`members.0`). */
export interface FieldError {
  field: string;
  message: string;
}

export interface AppErrorOptions {
  /** Public text in place of the table's. Never put secrets or message content here. */
  detail?: string | undefined;
  fields?: readonly FieldError[] | undefined;
  /** When to try again; becomes `Retry-After` (seconds, rounded up) and `retryAfterMs`. */
  retryAfterMs?: number | undefined;
  /** Kept for the logs, never shown to a client. */
  cause?: unknown;
}

/** The shape an error has wherever it leaves a process as data: socket acknowledgements, RPC replies. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  fields?: readonly FieldError[];
  retryAfterMs?: number;
}

/** The one error class of the domain. Edges turn it into Problem Details or a socket error; see `errorTable`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? errorTable[code].text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields;
    this.retryAfterMs = options.retryAfterMs;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.fields && { fields: this.fields }),
      ...(this.retryAfterMs !== undefined && {
        retryAfterMs: this.retryAfterMs,
      }),
    };
  }

  static fromData(data: { code: string; message?: string; fields?: readonly FieldError[]; retryAfterMs?: number }): AppError {
    return new AppError(isErrorCode(data.code) ? data.code : 'server_error', {
      detail: data.message,
      fields: data.fields,
      retryAfterMs: data.retryAfterMs,
    });
  }

  /** Anything thrown → an AppError: an outage of what we depend on becomes `unavailable`, the rest `server_error`, with the original as cause. */
  static from(error: unknown): AppError {
    if (error instanceof AppError) return error;
    return new AppError(isOutage(error) ? 'unavailable' : 'server_error', {
      cause: error,
    });
  }
}
