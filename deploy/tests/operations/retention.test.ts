import { connectDatabase, type Database } from '@parley/database';
import { eventually, freshSnapshot, type Rest, SyncedClient } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killPart } from '../promises/kill.ts';
import { ChatUser, emit, type Json } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';

const said = 60;
let target: StackTarget;
let db: Database;
beforeAll(async () => {
  target = await startStackTarget({ MESSAGE_RETENTION: '1m' }, ['--gateways', '1']);
  db = connectDatabase({ url: target.servers.postgres, schema: 'public' });
});
afterAll(async () => {
  await db?.destroy();
  await target?.stop();
});

/** Every row of messages and notifications, as text. */
const everything = async () =>
  JSON.stringify(
    await Promise.all(
      [db('timeline').withSchema('messages'), db('notifications').withSchema('notifications')].map((table) =>
        table.select('*'),
      ),
    ),
  );
/** Backdates everything written so far by an hour. */
const age = () =>
  db('timeline')
    .withSchema('messages')
    .update({ created_at: db.raw("created_at - interval '1 hour'") });

test('content past its retention disappears everywhere, for live and returning clients', async () => {
  const [ada, bob] = [await ChatUser.register(target.url, 'ada'), await ChatUser.register(target.url, 'bob')];
  const room = await ada.must('POST', '/api/v1/rooms', { name: 'group', members: [bob.userId] });
  const direct = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
  const deleted = await ada.must('POST', '/api/v1/rooms', { name: 'deleted', members: [bob.userId] });
  const ids: string[] = [];
  for (let n = 0; n < said; n++)
    ids.push((await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: `secret ${n}` })).id);
  for (const { id } of [direct, deleted])
    await ada.must('POST', `/api/v1/rooms/${id}/messages`, { content: 'secret, too' });
  const rows = async () =>
    (await bob.must('GET', '/api/v1/notifications')).notifications.filter(
      ({ type }: Json) => type === 'message',
    );
  await eventually(async () => expect(await rows()).toHaveLength(3));
  expect(JSON.stringify(await rows())).toContain('secret');
  await ada.must('DELETE', `/api/v1/rooms/${deleted.id}`);
  const rest: Rest = {
    call: (method, path, body) => bob.call(method, path, body),
    rooms: async () => (await bob.must('GET', '/api/v1/rooms?mine=true')).rooms,
  };
  const socket = await bob.connect(target.gateways[0]);
  const received: Json[] = [];
  socket.on('message_deleted', (deletion) => received.push(deletion));
  await emit(socket, 'join_room', { roomId: room.id });
  await age();
  const client = new SyncedClient(rest);
  await client.load();
  const young = await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'young' });

  await eventually(() => expect(received).not.toEqual([]));
  await killPart(target, 'messages');
  await eventually(async () => expect(await everything()).not.toContain('secret'), { timeoutMs: 90_000 });
  const deletions = () => received.filter(({ roomId }) => roomId === room.id);
  await eventually(() => expect(deletions().map(({ id }) => id)).toEqual(ids));
  // A sweep may have begun before that message was sent.
  const numbers = [young.seq, ...deletions().map(({ seq }) => seq)].sort((one, other) => one - other);
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0] + index));
  await client.sync({ limit: 50, roomsPerCall: 10 });
  expect(client.snapshot()).toEqual(await freshSnapshot(rest));
  expect(JSON.stringify(client.snapshot())).toContain('young');
  for (const part of [ada, bob]) part.close();
}, 180_000);
