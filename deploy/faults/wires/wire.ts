import type { Dialect } from '../dialects.ts';

/** A player's connection, independent of the protocol. */
export interface Wire {
  /**
   * Resolves with the acknowledgement's data. @throws Refusal from the server; `lost` when the
   * connection ends, `timeout` after `timeoutMs`
   */
  request(event: string, data: unknown, timeoutMs: number): Promise<unknown>;
  close(): void;
}

interface WireOptions {
  url: string;
  token: string;
  dialect: Dialect;
  onEvent: (event: string, data: unknown) => void;
  /** Called once, when the connection has ended for any reason. */
  onClosed: (reason: string) => void;
}

/** @throws Refusal when it cannot connect in time */
export type OpenWire = (options: WireOptions) => Promise<Wire>;

export const openTimeoutMs = 6_000;

/** A refusal by the server, or a failure of the connection. */
export class Refusal extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, retryable: boolean) {
    super(code);
    this.code = code;
    this.retryable = retryable;
  }

  static of(error: { code?: string; retryable?: boolean } | undefined, status = 0): Refusal {
    return new Refusal(
      error?.code ?? `status ${status}`,
      error?.retryable ?? (status === 429 || status >= 500),
    );
  }
}

type Answer = { ok: true; data: unknown } | { ok: false; error: { code: string; retryable?: boolean } };

/** @throws Refusal */
export function dataOf(answer: unknown): unknown {
  const { ok } = answer as Answer;
  if (ok) return (answer as { data: unknown }).data;
  throw Refusal.of((answer as { error: { code: string; retryable?: boolean } }).error);
}
