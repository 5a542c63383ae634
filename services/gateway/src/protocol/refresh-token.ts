import type { Connections } from '../transports/connections.ts';
import { clientEvent } from './client-event.ts';

export const refreshToken = (connections: Connections) =>
  clientEvent('refresh_token', async (connection, { token }) => ({
    expiresAt: new Date(await connections.renew(connection, token)).toISOString(),
  }));
