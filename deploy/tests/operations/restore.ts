import { join } from 'node:path';
import { createClient } from '@parley/client';
import {
  deleteQueues,
  eventually,
  freshSnapshot,
  type Rest,
  SyncedClient,
  temporaryFolder,
} from '@parley/testkit';
import { expect, test } from 'vitest';
import { ChatUser, type Json, wholeHistory } from '../whole-stack/chat-user.ts';
import type { Installation } from './installation.ts';
import { postgresProgram, queues, run } from './programs.ts';

const programs = ['pg_dump', 'pg_restore', 'psql'].map(postgresProgram);
const [dump, restore, psql] = programs;

const restOf = (user: ChatUser): Rest => ({
  call: (method, path, body) => user.call(method, path, body),
  rooms: async () => (await user.must('GET', '/api/v1/rooms?mine=true')).rooms,
});

export function restoreSuite(installation: () => Installation): void {
  test('a backup under load restores its state; clients from the lost future learn so', () =>
    restoreBackup(installation()));
}

async function restoreBackup(here: Installation): Promise<void> {
  if (!dump || !restore || !psql)
    throw new Error('pg_dump, pg_restore and psql are needed here (on Debian: apt-get install postgresql)');
  await here.start({}, 'one of each');
  const { url, servers } = here;
  const [ada, bob] = [await ChatUser.register(url, 'ada'), await ChatUser.register(url, 'bob')];
  const room = await ada.must('POST', '/api/v1/rooms', { name: 'kept', members: [bob.userId] });
  /** The number of each message that was sent before the restore, in order. */
  const seqs: number[] = [];
  const say = async (content: string) => {
    const message = await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content });
    seqs.push(message.seq);
    return message;
  };
  for (let count = 0; count < 10; count++) await say(`before ${count}`);

  // Messages continue during the backup, which is one snapshot of all services.
  const file = join(temporaryFolder(), 'parley.dump');
  let over = false;
  let during = 0;
  const talking = (async () => {
    while (!over) await say(`during ${during++}`);
  })();
  await run(dump, '--format=custom', `--file=${file}`, here.env.DATABASE_URL ?? '');
  over = true;
  await talking;
  for (let count = 0; count < 10; count++) await say(`after ${count}`);

  // Two clients know the lost future: one by REST, one live.
  const snapshot = new SyncedClient(restOf(bob));
  await snapshot.load();
  const future = snapshot.cursors.find(({ roomId }) => roomId === room.id);
  const client = createClient({ url });
  await client.login({ username: bob.username, password: bob.password });
  const live = client.connect();
  const [resets, received]: [string[], string[]] = [[], []];
  live.on('reset', ({ roomId }) => resets.push(roomId));
  live.on('message', ({ content }) => received.push(content));
  await live.join(room.id);
  await say('lost');
  await eventually(() => expect(received).toEqual(['lost']));

  await here.stop();
  const admin = new URL(here.env.DATABASE_URL ?? '');
  admin.pathname = '/postgres';
  await run(psql, admin.href, '-c', 'drop database parley with (force)', '-c', 'create database parley');
  await run(restore, '--exit-on-error', `--dbname=${here.env.DATABASE_URL}`, file);
  await deleteQueues(servers.urls.rabbitmq, [...(await queues(servers)).keys()]);
  await here.start({}, 'one of each');

  // A token from the time of the backup remains valid.
  const restored = await eventually(() => wholeHistory(bob, room.id));
  const contents = restored.map(({ content }) => content);
  const kept = contents.filter((content) => content.startsWith('during')).length;
  expect(contents).toEqual([
    ...Array.from({ length: 10 }, (_, count) => `before ${count}`),
    ...Array.from({ length: kept }, (_, count) => `during ${count}`),
  ]);
  expect(restored.map(({ seq }) => seq)).toEqual(seqs.slice(0, restored.length));
  const head = restored.at(-1)?.seq;
  expect(future?.seq).toBeGreaterThan(head);

  const answer: Json = await bob.must('POST', '/api/v1/sync', { rooms: [future] });
  expect(answer).toMatchObject({
    gone: [],
    rooms: [{ roomId: room.id, reset: true, seq: head, hasMore: false, changes: [] }],
  });
  await eventually(() => expect(resets).toEqual([room.id]), { timeoutMs: 40_000 });
  const next = await say('next');
  expect(next.seq).toBe(head + 1);
  await eventually(() => expect(received).toEqual(['lost', 'next']));
  const { seq, readSeq } = answer.rooms[0];
  expect(
    (await bob.must('POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq, readSeq }] })).rooms,
  ).toMatchObject([{ seq: head + 1, changes: [{ message: { content: 'next' } }] }]);
  const anew = new SyncedClient(restOf(bob));
  await anew.load();
  expect(anew.snapshot()).toEqual(await freshSnapshot(restOf(bob)));
  live.close();
}
