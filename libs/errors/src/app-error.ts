import { type ErrorCode, errorTable, isErrorCode } from './error-table.ts';
import { isOutage } from './outage.ts';

/**
 * Why a field is invalid, for programs. `too_low` and `too_high` are about numbers, `characters`
 * means some that are not allowed there, `format` is for addresses, times and ids, `choice` for
 * fields with a few values. `wrong` is a secret that does not match, `combination` a field that
 * other fields exclude or need, `not_found` a reference to what does not exist, `unknown` a field
 * that does not exist, and `invalid` a value of another type, or whatever has no reason of its own.
 */
export const fieldReasons = [
  'required',
  'too_short',
  'too_long',
  'too_low',
  'too_high',
  'characters',
  'format',
  'choice',
  'taken',
  'wrong',
  'combination',
  'not_found',
  'unknown',
  'invalid',
] as const;
export type FieldReason = (typeof fieldReasons)[number];

/** One invalid field, by its path in the body, query, parameters or headers (`members.0`). */
export interface FieldError {
  field: string;
  message: string;
  reason: FieldReason;
  /** The limit of the reasons `too_…`: characters, items, or a number. */
  limit?: number | undefined;
}

/** A configured limit, as an error reports it. */
export interface LimitName {
  /** In words, such as `30 per hour and address`. */
  limit: string;
  /** The environment variable that sets it. */
  setting: string;
}

/** The state that a conditional write met instead of the expected one. */
export interface CurrentState {
  /** The last change of the room, or of the message. */
  seq: number;
  /** The message that has changed, as clients see it. */
  message?: object | undefined;
  /** The draft that has changed; null: it was removed. */
  draft?: object | null | undefined;
}

export interface AppErrorOptions {
  /** The limit that was reached; given together with `setting`. See `LimitName`. */
  limit?: string | undefined;
  setting?: string | undefined;
  /** Public text instead of the table's. Never put secrets or message content here. */
  detail?: string | undefined;
  fields?: readonly FieldError[] | undefined;
  /** When to retry; becomes `Retry-After` (seconds, rounded up) and `retryAfterMs`. */
  retryAfterMs?: number | undefined;
  current?: CurrentState | undefined;
  /** Kept for the logs, never shown to a client. */
  cause?: unknown;
}

/** An error as data, in socket acknowledgements and RPC replies. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  fields?: readonly FieldError[];
  retryAfterMs?: number;
  limit?: string;
  setting?: string;
  current?: CurrentState;
}

/**
 * The only error class of the domain. The edges convert it to Problem Details or a socket error;
 * see `errorTable`. The text of a limit error names the limit and its setting.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly limitName: LimitName | undefined;
  readonly current: CurrentState | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const { limit, setting } = options;
    const limitName = limit !== undefined && setting !== undefined ? { limit, setting } : undefined;
    super(
      options.detail ?? textOf(code, limitName),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.fields = options.fields;
    this.retryAfterMs = options.retryAfterMs;
    this.limitName = limitName;
    this.current = options.current;
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
      ...this.limitName,
      ...(this.current && { current: this.current }),
    };
  }

  static fromData(data: Omit<Partial<ErrorData>, 'code'> & { code: string }): AppError {
    const { code, message: detail, fields, retryAfterMs, limit, setting, current } = data;
    const known = isErrorCode(code) ? code : 'server_error';
    return new AppError(known, { detail, fields, retryAfterMs, limit, setting, current });
  }

  /**
   * Converts anything thrown to an `AppError`, with the original as its cause. An outage of a
   * dependency becomes `unavailable`, everything else `server_error`.
   */
  static from(error: unknown): AppError {
    if (error instanceof AppError) return error;
    return new AppError(isOutage(error) ? 'unavailable' : 'server_error', {
      cause: error,
    });
  }
}

/** Refuses input for these reasons, which the text repeats. */
export const validationFailed = (...fields: readonly FieldError[]): AppError =>
  new AppError('validation_failed', {
    fields,
    detail: fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
  });

/** `Too many requests: at most 30 per hour and address (REGISTER_RATE).` */
function textOf(code: ErrorCode, limitName: LimitName | undefined): string {
  const { text } = errorTable[code];
  if (!limitName) return text;
  return `${text.split('.')[0]}: at most ${limitName.limit} (${limitName.setting}).`;
}
