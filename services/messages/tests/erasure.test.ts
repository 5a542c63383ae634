import { publishEvent } from '@parley/bus';
import { type Change, type ChangedBatch, makeEvent } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually, freshSnapshot, type Rest, SyncedClient } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

/** More messages than fit into one submission. */
const many = 60;
const nobody = 'deleted user';

const published: Change[] = [];
let messages: MessagesHarness;
let deleting: MessagesHarness;
beforeAll(async () => {
  messages = await startMessages({ twoDatabases: true });
  deleting = await startMessages({ twoDatabases: true, env: { ERASE_MESSAGES: 'delete' } });
  for (const { bus } of [messages, deleting]) {
    await bus.consume('timeline', 'notifications', async (events) => {
      for (const { data } of events) published.push(...(data as ChangedBatch).changes);
    });
    await bus.consume('directory', 'notifications', async () => undefined);
  }
});
afterAll(async () => {
  await messages.stop();
  await deleting.stop();
});

const erase = ({ bus }: MessagesHarness, { userId }: Person) =>
  publishEvent(bus, makeEvent('profile.erased', { userId }, { id: newId(), now: Date.now() }));
const restOf = (at: MessagesHarness, one: Person): Rest => ({
  call: (method, path, body) => at.call(one, method, path, body),
  rooms: async () => at.roomsOf(one),
});
const historyOf = async (at: MessagesHarness, reader: Person, roomId: string): Promise<Json[]> =>
  (await at.call(reader, 'GET', `/api/v1/rooms/${roomId}/messages?limit=200`)).body.messages;

describe('an erased author', () => {
  test('loses their name in all rooms, also those they left; sync equals a fresh snapshot', async () => {
    const [ada, bob] = [person('xaver'), person('bob')];
    const [room, left] = [await messages.room([ada, bob]), await messages.room([bob, ada])];
    for (let count = 0; count < many; count++) await messages.send(ada, room, `${count}`);
    await messages.send(bob, room, 'mine');
    await messages.send(ada, left, 'bye');
    await messages.leave(left, ada);
    const client = new SyncedClient(restOf(messages, bob));
    await client.load();
    await messages.leave(room, { ...ada, username: nobody });
    await erase(messages, ada);
    await eventually(async () => {
      const written = await historyOf(messages, bob, room.id);
      expect(written.map(({ username }) => username)).toEqual([
        ...Array.from({ length: many }, () => nobody),
        'bob',
      ]);
      expect(
        (await historyOf(messages, bob, left.id)).map(({ username, content }) => [username, content]),
      ).toEqual([[nobody, 'bye']]);
    });
    const written = await historyOf(messages, bob, room.id);
    expect(written.map(({ content }) => content)).toEqual([
      ...Array.from({ length: many }, (_, count) => `${count}`),
      'mine',
    ]);
    await client.sync({ limit: 7, roomsPerCall: 1 });
    expect(client.snapshot()).toEqual(await freshSnapshot(restOf(messages, bob)));
    const all = (
      await messages.call(bob, 'POST', '/api/v1/sync', {
        rooms: [room, left].map(({ id }) => ({ roomId: id, seq: 0 })),
      })
    ).body;
    expect(JSON.stringify(all)).not.toContain('xaver');
    // Two joins, one leave, every message once, and one change of each of ada's messages.
    expect(all.rooms.find(({ roomId }: Json) => roomId === room.id).seq).toBe(2 + many + 1 + 1 + many);
  });

  test('is erased once: a repeated event changes nothing and publishes the same numbers again', async () => {
    const [ada, bob] = [person('xaver'), person('bob')];
    const room = await messages.room([ada, bob]);
    for (let count = 0; count < 3; count++) await messages.send(ada, room, `${count}`);
    const renamed = () =>
      published.flatMap((change) =>
        'message' in change && change.roomId === room.id && change.message.username === nobody
          ? [[change.seq, change.kind]]
          : [],
      );
    await erase(messages, ada);
    const expected = [6, 7, 8].map((seq) => [seq, 'message.edited']);
    await eventually(() => expect(renamed()).toEqual(expected));
    const before = await historyOf(messages, bob, room.id);
    await erase(messages, ada);
    await eventually(() => expect(renamed()).toEqual([...expected, ...expected]));
    expect(await historyOf(messages, bob, room.id)).toEqual(before);
  });

  test('loses their messages, too, with ERASE_MESSAGES=delete', async () => {
    const [ada, bob] = [person('xaver'), person('bob')];
    const room = await deleting.room([ada, bob]);
    const own = await deleting.send(ada, room, 'secret');
    await deleting.send(bob, room, 'mine');
    await deleting.call(bob, 'POST', `/api/v1/rooms/${room.id}/messages/${own.id}/reactions`, {
      reaction: '+1',
    });
    await erase(deleting, ada);
    await eventually(async () =>
      expect(await historyOf(deleting, bob, room.id)).toMatchObject([
        { username: nobody, content: '', reactions: [], deletedAt: expect.any(String) },
        { username: 'bob', content: 'mine', deletedAt: null },
      ]),
    );
  });
});
