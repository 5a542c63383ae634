import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const ada = person('ada');
const bob = person('bob');

beforeAll(async () => {
  messages = await startMessages();
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const contents = (page: Json) => page.body.messages.map((one: { content: string }) => one.content);

test('pages by seq in both directions and by number contain each message once, oldest first', async () => {
  const room = await messages.room([ada]);
  const all = Array.from({ length: 25 }, (_, index) => `m${index}`);
  for (const content of all) await messages.send(ada, room, content);
  const get = (query: string) =>
    messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages?limit=10${query}`);

  const backwards: string[] = [];
  for (let page = await get(''); ; page = await get(`&before_seq=${page.body.pagination.before_seq}`)) {
    backwards.unshift(...contents(page));
    if (!page.body.pagination.hasMore) break;
  }
  expect(backwards).toEqual(all);

  const forwards: string[] = [];
  for (
    let page = await get('&after_seq=0');
    ;
    page = await get(`&after_seq=${page.body.pagination.after_seq}`)
  ) {
    forwards.push(...contents(page));
    if (!page.body.pagination.hasMore) break;
  }
  expect(forwards).toEqual(all);
  expect(contents(await get('&page=3'))).toEqual(all.slice(0, 5));
  expect(contents(await get('&page=4'))).toEqual([]);
});

test.each([
  ['', '&page=2', '&page=3'],
  ['&page=1', '&page=2', '&page=3'],
])('numbered pages (%s, %s, %s) repeat and miss nothing while messages arrive', async (...queries) => {
  const room = await messages.room([ada, bob]);
  for (let number = 1; number <= 30; number++) await messages.send(ada, room, `m${number}`);
  const pages: string[] = [];
  for (const query of queries) {
    const path = `/api/v1/rooms/${room.id}/messages?limit=10${query}`;
    pages.unshift(...contents(await messages.call(ada, 'GET', path)));
    for (let number = 1; number <= 3; number++) await messages.send(bob, room, `later${number}`);
  }
  expect(pages).toEqual(Array.from({ length: 30 }, (_, index) => `m${index + 1}`));
  // The walk ended with the room's first message; later ones are not on its next page.
  const next = `/api/v1/rooms/${room.id}/messages?limit=10&page=4`;
  expect(contents(await messages.call(ada, 'GET', next))).toEqual([]);
});

test.each([
  'limit=0',
  'limit=201',
  'limit=x',
  'before_seq=0',
  'after_seq=-1',
  'before_seq=5&after_seq=1',
  'page=0',
  'before_seq=1e99',
])('a page query with %s is refused', async (query) => {
  const room = await messages.room([ada]);
  expect((await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages?${query}`)).body.code).toBe(
    'validation_failed',
  );
});

test('unread counts skip own and deleted messages; a read position never goes back', async () => {
  const room = await messages.room([ada, bob]);
  const first = await messages.send(ada, room, 'one');
  const second = await messages.send(ada, room, 'two');
  await messages.send(bob, room, 'own');
  const unread = async () => {
    const answer = await messages.call(bob, 'GET', '/api/v1/unread');
    return answer.body.rooms.find((one: { roomId: string }) => one.roomId === room.id)?.unread ?? 0;
  };
  const read = (body: object) => messages.call(bob, 'POST', `/api/v1/rooms/${room.id}/messages/read`, body);
  expect(await unread()).toBe(2);
  await messages.call(ada, 'DELETE', `/api/v1/rooms/${room.id}/messages/${first.id}`);
  expect(await unread()).toBe(1);
  expect((await read({ messageId: second.id })).body).toMatchObject({ seq: second.seq, userId: bob.userId });
  expect(await unread()).toBe(0);
  expect((await read({ messageId: first.id })).body.seq).toBe(second.seq);
  await messages.send(ada, room, 'three');
  expect(await unread()).toBe(1);
  await read({});
  expect(await unread()).toBe(0);
  expect((await read({ messageId: room.id })).body.code).toBe('message_not_found');
  const positions = await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/read-positions`);
  expect(positions.body.positions).toHaveLength(1);
});

test('a new or returning member has nothing unread from before, unless the room counts it', async () => {
  const [eve, dan] = [person('eve'), person('dan')];
  for (const earlierUnread of [false, true]) {
    const room = await messages.room([ada, dan], { earlierUnread });
    const unread = async (one: Person) => {
      const answer = await messages.call(one, 'GET', '/api/v1/unread');
      const { unread = 0 } = answer.body.rooms.find(({ roomId }: Json) => roomId === room.id) ?? {};
      return unread;
    };
    for (const content of ['one', 'two']) await messages.send(ada, room, content);
    await messages.join(room, eve);
    expect(await unread(eve)).toBe(earlierUnread ? 2 : 0);
    await messages.send(ada, room, 'three');
    expect([await unread(eve), await unread(dan)]).toEqual([earlierUnread ? 3 : 1, 3]);
    await messages.call(eve, 'POST', `/api/v1/rooms/${room.id}/messages/read`, {});
    await messages.leave(room, eve);
    await messages.send(ada, room, 'without Eve');
    await messages.join(room, eve);
    expect(await unread(eve)).toBe(earlierUnread ? 1 : 0);
    // A change of the setting counts at once; older releases do not state it.
    await messages.change(room, { earlierUnread: true });
    await messages.change(room, { name: 'renamed', earlierUnread: undefined });
    expect(await unread(eve)).toBe(1);
  }
});

test('a message that follows a join is unread, even if it is numbered first', async () => {
  const eve = person('eve');
  const unread = async ({ id }: { id: string }) => {
    const answer = await messages.call(eve, 'GET', '/api/v1/unread');
    return answer.body.rooms.find(({ roomId }: Json) => roomId === id)?.unread ?? 0;
  };
  const room = await messages.room([ada]);
  const { createdAt } = await messages.send(ada, room, 'before');
  const at = Date.parse(createdAt);
  await eventually(() => expect(Date.now()).toBeGreaterThan(at));
  await messages.send(ada, room, 'after');
  await messages.join(room, eve, at);
  expect(await unread(room)).toBe(1);

  const created = await messages.room([ada, eve], { announce: false });
  await messages.send(ada, created, 'first');
  await messages.announce(created);
  expect(await unread(created)).toBe(1);
});

test('sync returns in pages what changed since a seq, each message in its current state', async () => {
  const room = await messages.room([ada, bob]);
  const kept = await messages.send(ada, room, 'kept');
  const edited = await messages.send(ada, room, 'edited');
  const deleted = await messages.send(ada, room, 'deleted');
  const path = `/api/v1/rooms/${room.id}/messages`;
  await messages.call(ada, 'PUT', `${path}/${edited.id}`, { content: 'edited!' });
  await messages.call(ada, 'DELETE', `${path}/${deleted.id}`);
  await messages.call(bob, 'POST', `${path}/${kept.id}/reactions`, { reaction: '❤️' });

  const changes: Json[] = [];
  let cursor = deleted.seq;
  for (let more = true; more; ) {
    const answer = await messages.call(ada, 'POST', '/api/v1/sync', {
      rooms: [{ roomId: room.id, seq: cursor }],
      limit: 2,
    });
    const [synced] = answer.body.rooms;
    changes.push(...synced.changes);
    cursor = synced.seq;
    more = synced.hasMore;
  }
  expect(cursor).toBe(8);
  expect(changes.map(({ kind, seq, message }) => [kind, seq, message.id, message.content])).toEqual([
    ['message', 6, edited.id, 'edited!'],
    ['message', 7, deleted.id, ''],
    ['message', 8, kept.id, 'kept'],
  ]);
  const fresh = await messages.call(bob, 'POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq: 0 }] });
  expect(fresh.body.rooms[0].changes.map(({ kind }: Json) => kind)).toEqual([
    'joined',
    'joined',
    'message',
    'message',
    'message',
  ]);
});

test('sync lists rooms without membership as gone and reveals nothing about them', async () => {
  const mine = await messages.room([ada]);
  const other = await messages.room([bob]);
  const asked = [mine, other].map((room) => ({ roomId: room.id, seq: 0 }));
  const answer = await messages.call(ada, 'POST', '/api/v1/sync', { rooms: asked });
  expect(answer.body.gone).toEqual([other.id]);
  expect(answer.body.rooms.map(({ roomId }: Json) => roomId)).toEqual([mine.id]);
});

test('a conversation is returned whole; with a limit, links lead to all other messages', async () => {
  const room = await messages.room([ada]);
  const sent = Array.from({ length: 60 }, (_, index) => `m${index}`);
  for (const content of sent) await messages.send(ada, room, content);
  const list = (query: string) => messages.call(ada, 'GET', `/messages/conversation/${room.id}${query}`);
  const texts = (page: Json) => page.body.map((one: { content: string }) => one.content);
  const whole = await list('');
  expect([texts(whole), whole.headers.get('x-has-more')]).toEqual([sent, null]);
  for (const first of ['?limit=25', '?limit=25&page=1', '?limit=25&after_seq=0']) {
    const pages: string[][] = [];
    for (let query: string | undefined = first; query; ) {
      const page = await list(query);
      pages.push(texts(page));
      query = /^<(\?[^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect([first, (first.includes('after') ? pages : pages.reverse()).flat()]).toEqual([first, sent]);
  }
});

test('a page of long messages is cut short and links to the rest', async () => {
  const room = await messages.room([ada]);
  const long = 'x'.repeat(10_000);
  for (const count of [100, 100, 100, 110]) {
    await Promise.all(Array.from({ length: count }, () => messages.send(ada, room, long)));
  }
  const page = await messages.call(ada, 'GET', `/messages/conversation/${room.id}`);
  expect([page.body.length, page.headers.get('x-has-more')]).toEqual([400, 'true']);
  const next = /^<(\?[^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
  expect((await messages.call(ada, 'GET', `/messages/conversation/${room.id}${next}`)).body).toHaveLength(10);
});

test('missed messages are those since a time without deleted ones, with positions of members', async () => {
  const eve = person('eve');
  const room = await messages.room([ada, bob]);
  const early = await messages.send(ada, room, 'early');
  const since = new Date(Date.parse(early.createdAt) + 1).toISOString();
  await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(since)));
  const [missed, deleted] = [
    await messages.send(ada, room, 'missed'),
    await messages.send(ada, room, 'gone'),
  ];
  await messages.call(bob, 'POST', `/api/v1/rooms/${room.id}/messages/read`, { messageId: early.id });
  await messages.call(ada, 'DELETE', `/api/v1/rooms/${room.id}/messages/${deleted.id}`);
  const userIds = [bob.userId, eve.userId];
  const answered = await ask(messages.bus, calls.getMissedMessages, { roomId: room.id, since, userIds });
  expect(answered.messages.map(({ id }) => id)).toEqual([missed.id]);
  expect(answered.positions).toEqual([{ userId: bob.userId, seq: early.seq }]);
});

test('replying reads up to the message replied to, and no further', async () => {
  const room = await messages.room([ada, bob]);
  const [one, two] = [await messages.send(ada, room, 'one'), await messages.send(ada, room, 'two')];
  const unread = async () =>
    (await messages.call(bob, 'GET', '/api/v1/unread')).body.rooms.find(
      ({ roomId }: Json) => roomId === room.id,
    )?.unread ?? 0;
  const reply = (to: string) => messages.send(bob, room, 'reply', { replyTo: to });
  expect(await unread()).toBe(2);
  await reply(one.id);
  expect(await unread()).toBe(1);
  await reply(two.id);
  expect(await unread()).toBe(0);
  await messages.send(ada, room, 'three');
  await reply(one.id);
  expect(await unread(), 'a position never goes back').toBe(1);
});
