/**
 * Every error that a client can receive: code → HTTP status, whether a retry may succeed, and the
 * public text. Socket errors carry the same code; their `type` is the code in upper case.
 */
export const errorTable = {
  malformed_request: {
    status: 400,
    retryable: false,
    text: 'The request could not be parsed.',
  },
  self_reference: {
    status: 400,
    retryable: false,
    text: 'That action requires another user.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    text: 'A valid access token is required.',
  },
  token_expired: {
    status: 401,
    retryable: false,
    text: 'The access token has expired.',
  },
  session_revoked: {
    status: 401,
    retryable: false,
    text: 'This session has ended. Log in again.',
  },
  invalid_credentials: {
    status: 401,
    retryable: false,
    text: 'Unknown user or wrong password.',
  },
  invalid_api_key: {
    status: 401,
    retryable: false,
    text: 'The key is not valid.',
  },
  invalid_refresh_token: {
    status: 401,
    retryable: false,
    text: 'The refresh token is not valid. Log in again.',
  },
  not_authorized: {
    status: 403,
    retryable: false,
    text: 'You are not allowed to do that.',
  },
  insufficient_scope: {
    status: 403,
    retryable: false,
    text: 'The access token is limited to other actions.',
  },
  identity_mismatch: {
    status: 403,
    retryable: false,
    text: 'The body names a different user than the access token.',
  },
  role_not_allowed: {
    status: 403,
    retryable: false,
    text: 'That role is not available to you.',
  },
  organization_closed: {
    status: 403,
    retryable: false,
    text: 'That organization is by invitation only.',
  },
  blocked: {
    status: 403,
    retryable: false,
    text: 'One of you has blocked the other.',
  },
  not_found: { status: 404, retryable: false, text: 'There is nothing here.' },
  user_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such user.',
  },
  room_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such room.',
  },
  message_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such message.',
  },
  invite_not_found: {
    status: 404,
    retryable: false,
    text: 'That invite does not exist, has expired or is used up.',
  },
  session_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such session.',
  },
  api_key_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such key.',
  },
  organization_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such organization.',
  },
  friend_request_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such friend request.',
  },
  notification_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such notification.',
  },
  hook_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such webhook.',
  },
  command_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such command.',
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    text: 'That method is not supported at this address.',
  },
  conflict: {
    status: 409,
    retryable: false,
    text: 'The same key was already used with different content.',
  },
  command_taken: {
    status: 409,
    retryable: false,
    text: 'That word is taken in this room.',
  },
  state_changed: {
    status: 409,
    retryable: false,
    text: 'The room or the message has changed since.',
  },
  username_taken: {
    status: 409,
    retryable: false,
    text: 'That username is taken.',
  },
  email_taken: {
    status: 409,
    retryable: false,
    text: 'That e-mail address is already registered.',
  },
  organization_name_taken: {
    status: 409,
    retryable: false,
    text: 'An organization with that name already exists.',
  },
  owner_cannot_leave: {
    status: 409,
    retryable: false,
    text: 'The owner cannot leave. Transfer or delete the room first.',
  },
  friend_request_exists: {
    status: 409,
    retryable: false,
    text: 'You are already friends, or there already is a request between you.',
  },
  already_in_organization: {
    status: 409,
    retryable: false,
    text: 'You already belong to an organization.',
  },
  last_admin: {
    status: 409,
    retryable: false,
    text: 'An organization must keep at least one admin.',
  },
  last_member: {
    status: 409,
    retryable: false,
    text: 'The last member cannot be removed.',
  },
  room_kind: {
    status: 409,
    retryable: false,
    text: 'That is not possible in a room of this kind.',
  },
  limit_reached: {
    status: 409,
    retryable: false,
    text: 'The limit has been reached.',
  },
  payload_too_large: {
    status: 413,
    retryable: false,
    text: 'The request is too large.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    text: 'Send JSON: content-type application/json.',
  },
  validation_failed: {
    status: 422,
    retryable: false,
    text: 'Some fields are not valid.',
  },
  search_too_broad: {
    status: 422,
    retryable: false,
    text: 'The search takes too long. Add a word, a room or a time.',
  },
  rate_limit: {
    status: 429,
    retryable: true,
    text: 'Too many requests. Slow down.',
  },
  server_error: {
    status: 500,
    retryable: true,
    text: 'Something went wrong on our side.',
  },
  unavailable: {
    status: 503,
    retryable: true,
    text: 'A part of the system is not available. Try again.',
  },
  timeout: {
    status: 504,
    retryable: true,
    text: 'The request took too long. Try again.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; text: string }>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = Object.keys(errorTable) as ErrorCode[];

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}
