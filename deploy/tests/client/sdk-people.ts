import { randomUUID } from 'node:crypto';
import {
  createClient,
  type MessageEvent,
  type ParleyClient,
  type Session,
  type SessionEvents,
} from '@parley/client';
import { startTcpProxy, type TcpProxy } from '@parley/testkit';
import { type afterAll, afterEach } from 'vitest';
import type { Target } from '../whole-stack/target.ts';

export const password = 'correct horse';

/**
 * Users of the SDK. Their sessions and proxies are closed after each test.
 * @param after `afterAll` if the tests are concurrent
 */
export function createPeople(target: () => Target, after: typeof afterEach | typeof afterAll = afterEach) {
  const sessions: Session[] = [];
  const proxies: TcpProxy[] = [];
  after(() => {
    for (const session of sessions.splice(0)) session.close();
    for (const proxy of proxies.splice(0)) proxy.close();
  });
  return {
    someone: async (name: string, url = target().url): Promise<ParleyClient> => {
      const client = createClient({ url });
      const username = `${name}-${randomUUID().slice(0, 8)}`;
      await client.register({ username, email: `${username}@example.org`, password });
      return client;
    },
    connect: (client: ParleyClient): Session => {
      const session = client.connect();
      sessions.push(session);
      return session;
    },
    unreliableProxy: async (url = target().url): Promise<TcpProxy> => {
      const proxy = await startTcpProxy(url);
      proxies.push(proxy);
      return proxy;
    },
  };
}

/** Collects these events of a session from now on. */
export function record<E extends keyof SessionEvents>(session: Session, name: E): SessionEvents[E][] {
  const received: SessionEvents[E][] = [];
  session.on(name, (event) => received.push(event));
  return received;
}

export const contents = (messages: readonly MessageEvent[]) => messages.map(({ content }) => content);

/** Resolves when the session is online again. */
export const online = (session: Session): Promise<void> =>
  new Promise((resolve) => {
    const stop = session.on('connection', ({ state }) => {
      if (state !== 'online') return;
      stop();
      resolve();
    });
  });
