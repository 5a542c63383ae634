import { z } from 'zod';
import { id, shownName, time } from '../../schemas/common.ts';
import { organizationRole } from '../../schemas/user.ts';
import { logInBody, refreshBody, registerBody, registerErrors } from '../auth.ts';
import { operation } from '../operation.ts';

const service = 'auth';
const rootTags = ['groups', 'conversations'];
const apiTags = ['organizations', 'direct'];

/** A user, with each field under every name that a client contract uses. */
const user = z
  .object({
    id,
    user_id: id,
    username: z.string(),
    email: z.string(),
    name: z.string(),
    fullName: z.string(),
    status: z
      .enum(['online', 'offline'])
      .meta({ description: 'online, because the user has just logged in' }),
    organization_id: id.nullable(),
    role: organizationRole.nullable().meta({ description: 'role in the organization' }),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'SharedUser' });

const accessToken = z.string().meta({
  description:
    'JWT; lives `SIMPLE_ACCESS_TTL` (default 7 days). For clients of `organizations`, which ' +
    'refresh, it is short-lived',
});
const shortAccessToken = z
  .string()
  .meta({ description: 'JWT; short-lived in every contract: refresh it with `refreshToken`' });
const refreshToken = z.string().meta({ description: 'works until its successor is first used' });

/**
 * The response to registration, login and refresh: each token under every name that a client
 * contract uses. Each expiry refers to the access token beside it.
 */
const tokens = z
  .object({
    user,
    session: z.object({
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: z.literal('bearer'),
      expires_in: z.number().int().meta({ description: 'lifetime of `session.access_token` in seconds' }),
    }),
    token: accessToken,
    access_token: accessToken,
    refresh_token: refreshToken,
    accessToken: shortAccessToken,
    refreshToken,
    expiresIn: z.number().int().meta({ description: 'lifetime of `accessToken` in seconds' }),
  })
  .meta({ id: 'SharedTokens' });
export type SharedTokens = z.output<typeof tokens>;

const register = {
  service,
  method: 'post',
  access: 'public',
  summary: 'Register and log in',
  description:
    'The name of a new organization creates it; the name of an existing one joins it as ' +
    '`user`, if it is open.',
  body: registerBody.extend({ fullName: shownName(1, 100).optional().meta({ description: 'the name' }) }),
  status: 201,
  response: tokens,
  errors: registerErrors,
} as const;

const logIn = {
  service,
  method: 'post',
  access: 'public',
  summary: 'Log in with an e-mail address or a username',
  body: logInBody,
  status: 200,
  response: tokens,
  errors: ['invalid_credentials'],
} as const;

export const registerAtRoot = operation({
  id: 'sharedRegister',
  tag: rootTags,
  path: '/auth/register',
  ...register,
});
export const logInAtRoot = operation({ id: 'sharedLogIn', tag: rootTags, path: '/auth/login', ...logIn });
export const registerAtApi = operation({
  id: 'sharedApiRegister',
  tag: apiTags,
  path: '/api/auth/register',
  ...register,
});
export const logInAtApi = operation({
  id: 'sharedApiLogIn',
  tag: apiTags,
  path: '/api/auth/login',
  ...logIn,
});

export const refreshAtApi = operation({
  id: 'sharedApiRefresh',
  service,
  tag: apiTags,
  method: 'post',
  path: '/api/auth/refresh-token',
  access: 'public',
  continuesSession: true,
  summary: 'Exchange a refresh token for new tokens',
  description:
    'A refresh token works until its successor is first used. A client may keep using the ' +
    'token of its login.',
  body: refreshBody,
  status: 200,
  response: tokens,
  errors: ['invalid_refresh_token'],
});

export const logOutAtRoot = operation({
  id: 'sharedLogOut',
  service,
  tag: 'conversations',
  method: 'post',
  path: '/auth/logout',
  summary: 'End the current session; its connections close, and with the last of them the user goes offline',
  status: 200,
  response: z.object({ message: z.literal('Successfully logged out') }),
});
