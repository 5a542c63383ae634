import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, startAccounts } from './account-harness.ts';
import { type Json, type MessagesHarness, type Person, person } from './messages-harness.ts';

let messages: MessagesHarness;
beforeAll(async () => {
  ({ messages } = await startAccounts());
});
afterAll(() => messages.stop());

const put = (who: Person, roomId: string, content: string, ifSeq: number, more: object = {}) =>
  messages.call(who, 'PUT', `/api/v1/rooms/${roomId}/draft`, { content, ifSeq, ...more });

describe('a draft', () => {
  test('is stored only over the draft that its device has seen; the other one gets both', async () => {
    const ada = person('ada');
    const { id } = await messages.room([ada]);
    const first = await put(ada, id, 'Dear', 0);
    expect(first).toMatchObject({ status: 200, body: { draft: { content: 'Dear', replyTo: null }, seq: 1 } });
    const second = await put(ada, id, 'Dear Bob', 1);
    expect(second.body).toMatchObject({ draft: { content: 'Dear Bob' }, seq: 2 });
    expect(await put(ada, id, 'Dear Eve', 1)).toMatchObject({
      status: 409,
      body: { code: 'state_changed', current: { seq: 2, draft: { content: 'Dear Bob' } } },
    });
    // Repeated, because its answer was lost.
    expect(await put(ada, id, 'Dear Bob', 1)).toMatchObject({ status: 200, body: { seq: 2 } });
  });

  test('of many stores upon one state, one wins', async () => {
    const ada = person('ada');
    const { id } = await messages.room([ada]);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, number) => put(ada, id, `draft ${number}`, 0)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => !won.includes(answer)))
      expect([status, body.current.draft]).toEqual([409, won[0]?.body.draft]);
  });

  test('without content is removed, and a device that was offline overwrites nothing', async () => {
    const ada = person('ada');
    const { id } = await messages.room([ada]);
    const tablet = new Device(messages, ada);
    await put(ada, id, 'half', 0);
    await tablet.sync();
    expect((await put(ada, id, '', 1)).body).toEqual({ draft: null, seq: 2 });
    expect(await put(ada, id, 'half a draft', 1)).toMatchObject({
      status: 409,
      body: { current: { seq: 2, draft: null } },
    });
    await tablet.sync();
    expect(tablet.items).toEqual({});
    expect((await put(ada, id, 'half a draft', 2)).body.seq).toBe(3);
  });

  test('is one for the room and one for each thread, whichever message of the thread is named', async () => {
    const [ada, eve] = [person('ada'), person('eve')];
    const room = await messages.room([ada]);
    const elsewhere = await messages.room([ada, eve]);
    const root = await messages.send(ada, room, 'root');
    const reply = await messages.send(ada, room, 'reply', { threadRoot: root.id });
    const hidden = await messages.send(ada, elsewhere, 'elsewhere');
    await put(ada, room.id, 'for all', 0);
    expect((await put(ada, room.id, 'one', 0, { threadRoot: reply.id })).body.seq).toBe(2);
    expect(await put(ada, room.id, 'other', 0, { threadRoot: root.id })).toMatchObject({
      status: 409,
      body: { code: 'state_changed', current: { seq: 2, draft: { content: 'one' } } },
    });
    expect((await put(ada, room.id, 'two', 2, { threadRoot: root.id })).status).toBe(200);
    const tablet = new Device(messages, ada);
    await tablet.sync();
    expect(Object.values(tablet.items)).toMatchObject([
      { kind: 'draft', roomId: room.id, draft: { content: 'for all' } },
      { kind: 'thread_draft', roomId: room.id, threadRoot: root.id, draft: { content: 'two' } },
    ]);
    // A deleted message keeps its thread, and its draft can be removed.
    await messages.call(ada, 'DELETE', `/api/v1/rooms/${room.id}/messages/${root.id}`);
    expect((await put(ada, room.id, '', 3, { threadRoot: root.id })).body).toEqual({ draft: null, seq: 4 });
    expect(await put(ada, room.id, 'no', 0, { threadRoot: hidden.id })).toMatchObject({
      status: 404,
      body: { code: 'message_not_found' },
    });
    await put(ada, room.id, 'three', 4, { threadRoot: root.id });
    await messages.leave(room, ada);
    await tablet.sync();
    expect(tablet.items).toEqual({});
  });

  test('is of members only, and ends with the membership', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await messages.room([ada, bob]);
    await put(bob, room.id, 'secret', 0);
    await messages.leave(room, bob);
    expect(await put(bob, room.id, 'more', 1)).toMatchObject({ status: 404 });
    const { body } = await messages.call(bob, 'POST', '/api/v1/sync', { rooms: [], account: { seq: 0 } });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  test('is one of at most 500', async () => {
    const ada = person('ada');
    const rooms = await Promise.all(Array.from({ length: 501 }, () => messages.room([ada])));
    const [last, ...others] = rooms;
    for (const { id } of others) await put(ada, id, 'draft', 0);
    expect(await put(ada, last?.id ?? '', 'draft', 0)).toMatchObject({
      status: 409,
      body: { code: 'limit_reached', detail: 'At most 500 drafts. Remove one first.' },
    });
  });
});

describe('a bookmark', () => {
  const pathOf = (roomId: string, messageId: string) =>
    `/api/v1/rooms/${roomId}/messages/${messageId}/bookmark`;
  const list = async (who: Person, query = ''): Promise<Json> =>
    (await messages.call(who, 'GET', `/api/v1/bookmarks${query}`)).body;
  const contents = async (who: Person) =>
    (await list(who)).bookmarks.map(({ message, note }: Json) => [message.content, note]);

  test('is in the account, and its list has the messages as they are now', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await messages.room([ada, bob]);
    const [one, two] = [await messages.send(bob, room, 'one'), await messages.send(bob, room, 'two')];
    const answer = await messages.call(ada, 'PUT', pathOf(room.id, one.id), { note: 'answer' });
    expect(answer).toMatchObject({ status: 200, body: { roomId: room.id, note: 'answer', seq: 1 } });
    await messages.call(ada, 'PUT', pathOf(room.id, two.id));
    await messages.call(ada, 'PUT', pathOf(room.id, one.id), { note: 'answer soon' });
    await messages.call(bob, 'PUT', `/api/v1/rooms/${room.id}/messages/${one.id}`, { content: 'uno' });
    expect(await contents(ada)).toEqual([
      ['uno', 'answer soon'],
      ['two', ''],
    ]);
    const first = await list(ada, '?limit=1');
    expect(first.before_seq).toBe(3);
    expect((await list(ada, `?before_seq=${first.before_seq}`)).bookmarks).toMatchObject([
      { message: { id: two.id } },
    ]);
    await messages.call(bob, 'DELETE', `/api/v1/rooms/${room.id}/messages/${two.id}`);
    expect((await contents(ada)).at(-1)).toEqual(['', '']);
    expect((await messages.call(ada, 'PUT', pathOf(room.id, two.id))).status).toBe(404);
    for (const _ of [1, 2])
      expect((await messages.call(ada, 'DELETE', pathOf(room.id, two.id))).status).toBe(204);
    expect(await contents(ada)).toEqual([['uno', 'answer soon']]);
    expect(await contents(bob)).toEqual([]);
  });

  test('of a room that the user has left cannot be read, nor come back', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await messages.room([ada, bob]);
    const secret = await messages.send(ada, room, 'secret');
    await messages.call(bob, 'PUT', pathOf(room.id, secret.id), { note: 'a note' });
    const tablet = new Device(messages, bob);
    await tablet.sync();
    await messages.leave(room, bob, 'removed');
    expect(await list(bob)).toEqual({ bookmarks: [], before_seq: null });
    expect((await messages.call(bob, 'PUT', pathOf(room.id, secret.id))).status).toBe(404);
    await messages.join(room, bob);
    await tablet.sync();
    expect([await contents(bob), tablet.items]).toEqual([[], {}]);
  });
});
