/**
 * Advice to a client whose connection the server has closed. After reconnecting, it joins
 * its rooms again and requests missed changes with `sync`.
 * - `come_back`: reconnect at once; the client did nothing wrong;
 * - `come_back_later`: reconnect after `retryAfterMs`;
 * - `log_in`: reconnect with another token: a refreshed one after `token_expired`, one from a new
 *   login after `session_revoked`;
 * - `stop`: do not reconnect, because the same would happen again.
 */
type CloseAdvice = 'come_back' | 'come_back_later' | 'log_in' | 'stop';

export interface CloseReasonRow {
  /** The WebSocket close code; unique per reason. */
  readonly code: number;
  readonly advice: CloseAdvice;
  /** For `come_back_later`. */
  readonly retryAfterMs?: number;
  /**
   * The event that precedes the close: `error` with the reason as its `code`, or `server_draining`,
   * some time before. `null` when the connection is dead or its protocol broken.
   */
  readonly announcedBy: 'error' | 'server_draining' | null;
  readonly text: string;
}

/**
 * Every reason for which the server closes a connection. Over Socket.IO, the code is that of the
 * transport's WebSocket. After an `error` with `log_in` or `stop`, the server disconnects by name,
 * so that socket.io-client does not reconnect by itself; the code is then 1005.
 */
export const closeReasons = {
  draining: {
    code: 1012,
    advice: 'come_back',
    announcedBy: 'server_draining',
    text: 'This gateway is being replaced. Reconnect to another one.',
  },
  slow: {
    code: 4003,
    advice: 'come_back',
    announcedBy: 'error',
    text: 'The client did not read in time. Reconnect and sync.',
  },
  heartbeat_lost: {
    code: 1006,
    advice: 'come_back',
    announcedBy: null,
    text: 'The client did not respond to heartbeats.',
  },
  not_opened: {
    code: 1013,
    advice: 'come_back_later',
    retryAfterMs: 1_000,
    announcedBy: 'error',
    text: 'The connection could not be set up because a part of the system is unavailable. Try again.',
  },
  flooding: {
    code: 4004,
    advice: 'come_back_later',
    retryAfterMs: 30_000,
    announcedBy: 'error',
    text: 'Far too many events, even after rate limit errors.',
  },
  token_expired: {
    code: 4002,
    advice: 'log_in',
    announcedBy: 'error',
    text: 'The access token has expired.',
  },
  session_revoked: {
    code: 4001,
    advice: 'log_in',
    announcedBy: 'error',
    text: 'This session has ended. Log in again.',
  },
  frame_too_long: { code: 1009, advice: 'stop', announcedBy: null, text: 'A frame was longer than 256 KB.' },
  protocol_error: {
    code: 1002,
    advice: 'stop',
    announcedBy: null,
    text: 'The client violated the protocol.',
  },
} as const satisfies Record<string, CloseReasonRow>;

export type CloseReason = keyof typeof closeReasons;

export const isCloseReason = (value: unknown): value is CloseReason =>
  typeof value === 'string' && Object.hasOwn(closeReasons, value);
