import type { Draft, Message } from './contract.ts';

/** An invalid field, by its path. */
export interface WrongField {
  field: string;
  message: string;
  /**
   * `required`, `too_short`, `too_long`, `too_low`, `too_high`, `characters` (some are not allowed
   * there), `format`, `choice` (of a few values), `taken`, `wrong` (a secret that does not match),
   * `combination` (with other fields), `not_found`, `unknown` (no such field) or `invalid`. Older
   * servers send none or fewer.
   */
  reason?: string;
  /** The limit of the reasons `too_…`: characters, items, or a number. */
  limit?: number;
}

/** The state that a conditional write met: its last change, and what has changed. */
export interface CurrentState {
  seq: number;
  message?: Message;
  /** `null`: it was removed. */
  draft?: Draft | null;
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
  /** Of `state_changed`. */
  readonly current: CurrentState | undefined;

  constructor(
    code: string,
    message: string,
    options: {
      retryable?: boolean;
      retryAfterMs?: number;
      fields?: readonly WrongField[];
      current?: CurrentState;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields ?? [];
    this.current = options.current;
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
        ...(data.current !== undefined && { current: data.current as CurrentState }),
      },
    );
  }
}

const asRecord = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
