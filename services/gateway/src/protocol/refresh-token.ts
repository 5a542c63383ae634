import type { Connection } from '../connections/connection.ts';
import { clientEvent } from './client-event.ts';

/** @param renew replaces the token of a connection and answers when the new one expires */
export const refreshToken = (renew: (connection: Connection, token: string) => Promise<number>) =>
  clientEvent('refresh_token', async (connection, { token }) => ({
    expiresAt: new Date(await renew(connection, token)).toISOString(),
  }));
