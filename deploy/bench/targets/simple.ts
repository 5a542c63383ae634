import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@parley/servers';
import jwt from 'jsonwebtoken';
import { SimpleStore } from '../stores/simple-store.ts';
import { readyLine, startProgram } from './program.ts';
import { call } from './rest.ts';
import type { Archive, Page, ServerUrls, Target } from './target.ts';

/** The simple server on a private PostgreSQL, configured like Parley's. */
export async function startSimpleTarget(servers?: ServerUrls): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  chmodSync(folder, 0o755);
  const postgres = servers ? undefined : await startPostgres({ dataDir: join(folder, 'postgres') });
  const databaseUrl = servers?.DATABASE_URL ?? postgres?.url ?? '';
  const store = new SimpleStore(databaseUrl, { statementTimeoutMs: 600_000 });
  await store.create();
  const secret = randomBytes(32).toString('hex');
  const server = await startProgram('bench-simple', { args: [databaseUrl, secret], ready: readyLine });
  const [, url = ''] = server.ready;
  return {
    name: 'simple',
    sockets: [url],
    acks: true,
    numbered: false,
    holder: 'server',
    people: async (count) =>
      Array.from({ length: count }, () => {
        const userId = randomUUID();
        return {
          userId,
          token: jwt.sign({}, secret, { subject: userId, algorithm: 'HS256', expiresIn: '2h' }),
        };
      }),
    async room(members) {
      const roomId = randomUUID();
      await store.addMembers(
        roomId,
        members.map(({ userId }) => userId),
      );
      return roomId;
    },
    parts: async () => ({ server: [server.group.pid], postgres: postgres?.pids ?? [] }),
    count: (rooms) => store.count(rooms.map(({ id }) => id)),
    archive: archiveOf(url, store),
    async stop() {
      await server.stop();
      await store.close();
      await postgres?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Rows = { messages: { id: number }[] };

function archiveOf(url: string, store: SimpleStore): Archive {
  const get = (roomId: string, token: string, query: string) =>
    call<Rows>(token, 'GET', `${url}/rooms/${roomId}/messages?${query}`);
  return {
    fill: (roomId, { userId }, count) => store.fill(roomId, userId, count),
    async page(roomId, { token }, before): Promise<Page> {
      const { messages } = await get(
        roomId,
        token,
        `limit=50${before === undefined ? '' : `&before=${before}`}`,
      );
      return { length: messages.length, first: messages[0]?.id ?? 0, last: messages.at(-1)?.id ?? 0 };
    },
    missed: async (roomId, { token }, after) =>
      (await get(roomId, token, `limit=1000&after=${after}`)).messages.length,
  };
}
