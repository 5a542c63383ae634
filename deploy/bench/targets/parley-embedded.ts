import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepPeople } from './keep-people.ts';
import { limitsHigh } from './limits-high.ts';
import { countMessages, historyPage, makeRoom, messagesSince, register } from './parley-rest.ts';
import { startProgram } from './program.ts';
import type { Target } from './target.ts';

/** `npm start`: one process and the PostgreSQL that it starts. */
export async function startParleyEmbedded(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
  const env = { ...limitsHigh, PORT: '0', DATA_DIR: join(folder, 'data') };
  const program = await startProgram('embedded', { env, ready: /Parley is ready\s+(\S+)/ });
  const [, url = ''] = program.ready;
  const { group } = program;
  return {
    name: 'embedded',
    sockets: [url],
    acks: true,
    numbered: true,
    holder: 'parley',
    people: keepPeople((count) => register(url, count)),
    room: (members) => makeRoom(url, members),
    parts: async () => ({
      parley: [group.pid],
      postgres: group.processes().flatMap(({ pid }) => (pid === group.pid ? [] : pid)),
    }),
    count: (rooms) => countMessages(url, rooms),
    archive: {
      page: (roomId, reader, before) => historyPage(url, roomId, reader, before),
      missed: (roomId, reader, after) => messagesSince(url, roomId, reader, after),
    },
    async stop() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
