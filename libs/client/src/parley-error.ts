/** An invalid field, by its path. */
export interface WrongField {
  field: string;
  message: string;
  /**
   * `required`, `too_short`, `too_long`, `characters` (some are not allowed there) or `invalid`.
   * Older servers send none.
   */
  reason?: string;
  /** The limit of `too_short` and `too_long`, in characters or items. */
  limit?: number;
}

/**
 * Any error. Codes come from the server (`room_not_found`, `rate_limit`, …; see libs/errors) or
 * from the client: `network` (no response), `timeout` (no response in time), `not_parley` (another
 * server answered), `invalid_url`, `closed` (the session was closed), `not_logged_in`.
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly fields: readonly WrongField[];

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number; fields?: readonly WrongField[] } = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields ?? [];
  }

  /**
   * From an error response of REST (Problem Details).
   * @internal
   */
  static fromProblem(status: number, problem: unknown): ParleyError {
    const retryable = status === 429 || status >= 500;
    const data = asRecord(problem);
    return ParleyError.#from(
      { ...data, message: data.detail ?? `The server answered ${status}.` },
      retryable,
    );
  }

  /**
   * From the acknowledgement of an event, or a refused connection.
   * @internal
   */
  static fromAcknowledgement(error: unknown): ParleyError {
    const data = asRecord(error);
    return ParleyError.#from({ ...data, errors: data.fields }, data.retryable === true);
  }

  /** From any thrown value. */
  static from(error: unknown): ParleyError {
    if (error instanceof ParleyError) return error;
    return new ParleyError('network', error instanceof Error ? error.message : String(error), {
      retryable: true,
    });
  }

  static #from(data: Record<string, unknown>, retryable: boolean): ParleyError {
    return new ParleyError(
      typeof data.code === 'string' ? data.code : 'server_error',
      String(data.message ?? 'Something went wrong.'),
      {
        retryable,
        ...(typeof data.retryAfterMs === 'number' && { retryAfterMs: data.retryAfterMs }),
        ...(Array.isArray(data.errors) && { fields: data.errors as WrongField[] }),
      },
    );
  }
}

const asRecord = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
