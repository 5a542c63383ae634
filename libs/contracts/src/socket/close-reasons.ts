/**
 * What a client does when the server has ended its connection. Whoever comes back joins its rooms anew and asks `sync` for what it has missed.
 * - `come_back`: at once, as it is; it was not the client's doing;
 * - `come_back_later`: after `retryAfterMs`, as it is;
 * - `log_in`: with another token: a refreshed one will do after `token_expired`, `session_revoked` asks for a new login;
 * - `stop`: the same would only happen again.
 */
export type CloseAdvice = 'come_back' | 'come_back_later' | 'log_in' | 'stop';

export interface CloseReasonRow {
  /** What a WebSocket is closed with; of each reason its own. */
  readonly code: number;
  readonly advice: CloseAdvice;
  /** For `come_back_later`. */
  readonly retryAfterMs?: number;
  /**
   * The event that tells the client just before: `error`, with the reason as its `code`; `server_draining`, some time before. `null`: nothing, since the
   * line is dead or its protocol broken.
   */
  readonly told: 'error' | 'server_draining' | null;
  readonly text: string;
}

/**
 * Every way in which the server ends a connection. Over Socket.IO the code is that of the transport's WebSocket; after `log_in` and `stop` told by an `error`, the
 * server disconnects by name, so that socket.io-client does not come back by itself, and the code is 1005.
 */
export const closeReasons = {
  draining: {
    code: 1012,
    advice: 'come_back',
    told: 'server_draining',
    text: 'This gateway is being replaced; another takes you.',
  },
  slow: {
    code: 4003,
    advice: 'come_back',
    told: 'error',
    text: 'What was sent to this connection was not read in time. Come back and sync.',
  },
  heartbeat_lost: {
    code: 1006,
    advice: 'come_back',
    told: null,
    text: 'Nothing was heard of the client for too long.',
  },
  not_opened: {
    code: 1013,
    advice: 'come_back_later',
    retryAfterMs: 1_000,
    told: 'error',
    text: 'The connection could not be set up, since a part of the system is not available. Try again.',
  },
  flooding: {
    code: 4004,
    advice: 'come_back_later',
    retryAfterMs: 30_000,
    told: 'error',
    text: 'Far too many events, also after being told so.',
  },
  token_expired: { code: 4002, advice: 'log_in', told: 'error', text: 'The access token has expired.' },
  session_revoked: {
    code: 4001,
    advice: 'log_in',
    told: 'error',
    text: 'This session has ended. Log in again.',
  },
  frame_too_long: { code: 1009, advice: 'stop', told: null, text: 'A frame was longer than 256 KB.' },
  protocol_error: { code: 1002, advice: 'stop', told: null, text: 'What was sent is not the protocol.' },
} as const satisfies Record<string, CloseReasonRow>;

export type CloseReason = keyof typeof closeReasons;

export const isCloseReason = (value: unknown): value is CloseReason =>
  typeof value === 'string' && Object.hasOwn(closeReasons, value);
