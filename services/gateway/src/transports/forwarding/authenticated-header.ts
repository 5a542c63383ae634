import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { engineQuery } from '../engine-middleware.ts';
import { forwardHeader } from './forward-signature.ts';

const header = 'parley-authenticated';

/** Lets the answers to forwarded requests say whether their session has authenticated. */
export function markAuthenticated(
  engine: Server['engine'],
  isAuthenticated: (session: Socket['conn']) => boolean,
): void {
  const { clients } = engine as unknown as { clients: Partial<Record<string, Socket['conn']>> };
  engine.on('headers', (headers: Record<string, string>, request: IncomingMessage) => {
    const session = clients[engineQuery(request).sid ?? ''];
    if (session && request.headers[forwardHeader] !== undefined && isAuthenticated(session))
      headers[header] = 'true';
  });
}

export const isAuthenticated = ({ headers }: IncomingMessage): boolean => headers[header] === 'true';
