import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimpleStore } from '../stores/simple-store.ts';

interface Deps {
  store: SimpleStore;
  /** @throws when the token is invalid */
  userOf: (token: string) => string;
}

/** `GET /rooms/:roomId/messages?limit&before|after`: a page of a room's history, for members. */
export async function answerHistory(
  { store, userOf }: Deps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number) => response.writeHead(status).end();
  try {
    const url = new URL(request.url ?? '/', 'http://simple');
    const roomId = /^\/rooms\/([^/]+)\/messages$/.exec(url.pathname)?.[1];
    if (!roomId) return void refuse(404);
    const userId = userOf((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (!(await store.isMember(roomId, userId))) return void refuse(404);
    const number = (name: string) =>
      url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined;
    const messages = await store.page(roomId, {
      limit: number('limit') ?? 50,
      before: number('before'),
      after: number('after'),
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ messages }));
  } catch {
    refuse(401);
  }
}
