import type { Handler } from './protocol-context.ts';

export const refreshToken: Handler<'refresh_token'> = async ({ renewToken }, connection, { token }) => ({
  expiresAt: new Date(await renewToken(connection, token)).toISOString(),
});
