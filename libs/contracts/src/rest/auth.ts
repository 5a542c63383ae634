import { z } from 'zod';
import { because, id, shownName, text, time } from '../schemas/common.ts';
import { email, isBot, organizationName, organizationRole, password, username } from '../schemas/user.ts';
import { operation } from './operation.ts';

const service = 'auth';
const tag = 'auth';

/** An identity as its owner sees it. */
export const identity = z
  .object({
    id,
    username: z.string(),
    email: z.string(),
    name: z.string(),
    organizationId: id.nullable(),
    organizationRole: organizationRole.nullable(),
    isBot,
    createdAt: time,
  })
  .meta({ id: 'Identity' });

export const sessionTokens = z
  .object({
    user: identity,
    accessToken: z.string().meta({ description: 'short-lived; refresh it' }),
    refreshToken: z.string().meta({
      description: 'each refresh returns the next one, which replaces this one when it is first used',
    }),
    expiresIn: z.number().int().meta({ description: 'lifetime of `accessToken` in seconds' }),
    token: z.string().meta({
      description:
        'an access token for clients that do not refresh; lives `SIMPLE_ACCESS_TTL` (default 7 ' +
        'days), and its claim `exp` states its expiry',
    }),
    sessionId: id,
  })
  .meta({ id: 'SessionTokens' });
export type SessionTokens = z.output<typeof sessionTokens>;

/** A refresh or invite token. Opaque, so only its length is checked here. */
const secret = text(512);
/**
 * A password to check. Its form is never validated, because the answer would reveal the rules that
 * it met.
 */
export const typedPassword = z.string().min(1, 'must not be empty').max(1_000, 'at most 1000 characters');

export const registerErrors = [
  'username_taken',
  'email_taken',
  'organization_closed',
  'organization_name_taken',
  'role_not_allowed',
  'invite_not_found',
] as const;

export const registerBody = z.object({
  username: username.optional().meta({
    description:
      'Default: the name, or else the e-mail address before its `@`; without `@`, `/` and `\\`, at ' +
      'most 40 characters, and `user` if fewer than two remain. If that is taken, 3 to 9 random ' +
      'digits follow.',
  }),
  email,
  password,
  name: shownName(1, 100).optional(),
  organizationName: organizationName.optional(),
  role: organizationRole
    .optional()
    .meta({ description: 'role in the organization; only with `organizationName`' }),
  organizationInvite: secret.optional(),
});
export const logInBody = z
  .object({ email: text(254), username: text(254), login: text(254), password: typedPassword })
  .partial({ email: true, username: true, login: true })
  .refine(
    (body) => [body.email, body.username, body.login].filter((value) => value !== undefined).length === 1,
    {
      ...because('combination', 'give exactly one of email, username and login'),
      path: ['login'],
    },
  );
export const refreshBody = z.object({ refreshToken: secret });

export const register = operation({
  id: 'register',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/register',
  access: 'public',
  summary: 'Register and log in',
  description:
    'The name of a new organization creates it; its founder is `admin` unless the request has ' +
    'another role. The name of an existing organization joins it as `user`, if it is open. An ' +
    'invite joins with the role of the invite.',
  body: registerBody,
  status: 201,
  response: sessionTokens,
  errors: registerErrors,
});

export const logIn = operation({
  id: 'logIn',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/login',
  access: 'public',
  summary: 'Log in with an e-mail address or a username',
  description:
    'Requires exactly one of `email`, `username` and `login` (either of them). Failed logins ' +
    'are limited per account and per address.',
  body: logInBody,
  status: 200,
  response: sessionTokens,
  errors: ['invalid_credentials'],
});

export const refresh = operation({
  id: 'refresh',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/refresh',
  access: 'public',
  continuesSession: true,
  summary: 'Exchange a refresh token for new tokens',
  description:
    'A refresh token works until its successor is first used. Repeating it before that ' +
    'returns the same successor, for example after a lost response or in a second tab. Using ' +
    'it later indicates theft and ends the session. With `REFRESH_TOKEN_REUSE=never`, a ' +
    'refresh token works once.',
  body: refreshBody,
  status: 200,
  response: sessionTokens,
  errors: ['invalid_refresh_token'],
});

export const logOut = operation({
  id: 'logOut',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/logout',
  summary: 'End the current session',
  status: 204,
});

export const getMe = operation({
  id: 'getMe',
  service,
  tag,
  method: 'get',
  path: '/api/v1/auth/me',
  scope: 'users:read',
  roomsOf: 'none',
  summary: "The caller's current identity",
  status: 200,
  response: z.object({ user: identity }),
  errors: ['user_not_found'],
});

export const changePassword = operation({
  id: 'changePassword',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/password',
  summary: 'Change the password; ends all other sessions',
  body: z.object({ currentPassword: typedPassword, newPassword: password }),
  status: 204,
  errors: ['invalid_credentials'],
});

export const eraseMe = operation({
  id: 'eraseMe',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/auth/me',
  summary: 'Delete the account: identity, profile, contacts, memberships and inbox',
  description:
    'Permanent; requires the password. All sessions end. Messages of the caller stay in their ' +
    'rooms under the name `deleted user`, or are deleted too, depending on the installation. ' +
    'Rooms that they own pass to the longest-standing admin, or else member. The username and ' +
    'e-mail address become available again.',
  body: z.object({ password: typedPassword }),
  status: 204,
  errors: ['invalid_credentials', 'user_not_found'],
});

export const session = z
  .object({
    id,
    userAgent: z.string(),
    address: z.string(),
    createdAt: time,
    /** Time of the login or the last refresh. */
    lastUsedAt: time,
    current: z.boolean(),
  })
  .meta({ id: 'Session' });

export const listSessions = operation({
  id: 'listSessions',
  service,
  tag,
  method: 'get',
  path: '/api/v1/auth/sessions',
  summary: "The caller's live sessions, most recently used first (at most 100)",
  status: 200,
  response: z.object({ sessions: z.array(session) }),
});

export const revokeSession = operation({
  id: 'revokeSession',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/auth/sessions/:sessionId',
  summary: "End one of the caller's sessions",
  params: z.object({ sessionId: id }),
  status: 204,
  errors: ['session_not_found'],
});

export const revokeOtherSessions = operation({
  id: 'revokeOtherSessions',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/auth/sessions',
  summary: "End all of the caller's sessions except the current one",
  status: 204,
});

export const getJwks = operation({
  id: 'getJwks',
  service,
  tag,
  method: 'get',
  path: '/.well-known/jwks.json',
  access: 'public',
  cacheControl: 'public, max-age=60',
  summary: 'The public keys that verify access tokens (RFC 7517)',
  status: 200,
  response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
});
