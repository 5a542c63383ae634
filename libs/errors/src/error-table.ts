/**
 * Every error that a client can meet: code → HTTP status, whether the same request may succeed later, and the public text.
 * Socket errors carry the same code; `type` there is the code in upper case.
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
    text: 'That action needs somebody else.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    text: 'A valid access token is needed.',
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
  identity_mismatch: {
    status: 403,
    retryable: false,
    text: 'The body names another user than the access token.',
  },
  role_not_allowed: {
    status: 403,
    retryable: false,
    text: 'That role cannot be taken.',
  },
  organization_closed: {
    status: 403,
    retryable: false,
    text: 'That organization is joined by invitation only.',
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
  method_not_allowed: {
    status: 405,
    retryable: false,
    text: 'That method is not served at this address.',
  },
  conflict: {
    status: 409,
    retryable: false,
    text: 'The same key was used before with other content.',
  },
  username_taken: {
    status: 409,
    retryable: false,
    text: 'That username is taken.',
  },
  email_taken: {
    status: 409,
    retryable: false,
    text: 'That e-mail address is registered already.',
  },
  organization_name_taken: {
    status: 409,
    retryable: false,
    text: 'An organization of that name exists.',
  },
  owner_cannot_leave: {
    status: 409,
    retryable: false,
    text: 'The owner cannot leave: hand the room over or delete it.',
  },
  friend_request_exists: {
    status: 409,
    retryable: false,
    text: 'There is a request between you two already, or you are friends.',
  },
  already_in_organization: {
    status: 409,
    retryable: false,
    text: 'You belong to an organization already.',
  },
  last_admin: {
    status: 409,
    retryable: false,
    text: 'An organization keeps at least one admin.',
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
    text: 'There may be no more of these.',
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
    text: 'The answer took too long. Try again.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; text: string }>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = Object.keys(errorTable) as ErrorCode[];

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}
