import type { RoomState } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type Person, person } from './messages-harness.ts';
import { path, type Question, SearchPlace } from './search-harness.ts';

const locales = {
  C: "template template0 encoding 'UTF8' locale 'C'",
  'tr (ICU)': "template template0 encoding 'UTF8' locale 'C.UTF-8' locale_provider icu icu_locale 'tr-TR'",
};
const places = new Map<string, SearchPlace>();
/** The first one. */
let at: SearchPlace;

beforeAll(async () => {
  for (const [locale, options] of Object.entries(locales))
    places.set(locale, await SearchPlace.start(options));
  at = places.get('C') as SearchPlace;
});
afterAll(async () => {
  for (const place of places.values()) await place.stop();
});

/** Queries, and what each finds. */
const scripts = [
  ['上海', '我家在上海东边'],
  ['鈴虫', 'バッタと鈴虫'],
  ['한국', '한국어를 배워요'],
  ['ภาษา', 'ฉันรักภาษาไทย'],
  ['كتب', 'كَتَبَ الولد رسالة'],
  ['istanbul', 'İSTANBUL'],
  ['ПРИВЕТ', 'привет, мир'],
  ['qwen', 'qwen3.6'],
  ['qwen3.6', 'I run qwen3.6'],
  ['foo', 'foo.png'],
  ['C++20', 'modules of C++20'],
  ['10.100.200.101', 'ping 10.100.200.101'],
  ['https://example.org/a?b=1', 'https://example.org/a?b=1'],
  ['to be or not to be', 'To be, or not to be?'],
  ['🎉', 'done 🎉'],
] as const;

test.each(Object.keys(locales))(
  'every script is found, before and after it is indexed: %s',
  async (locale) => {
    const place = places.get(locale) as SearchPlace;
    const ada = person('ada');
    const room = await place.messages.room([ada]);
    const check = async () => {
      for (const [q, content] of scripts)
        for (const question of [{ q }, { q, roomId: room.id }])
          expect([q, await place.found(ada, question)]).toEqual([q, expect.arrayContaining([content])]);
      expect(await place.found(ada, { q: '海上' })).toEqual([]);
    };
    await place.frozen(async () => {
      for (const [, content] of scripts) await place.messages.send(ada, room, content);
      await check();
    });
    await place.indexed();
    await check();
  },
);

describe('a message', () => {
  test('is found by its sender right after the acknowledgement, while nothing is indexed', async () => {
    const ada = person('ada');
    const room = await at.messages.room([ada]);
    await at.frozen(async () => {
      for (let n = 0; n < 20; n++) {
        await at.messages.send(ada, room, `number n${n}`);
        expect(await at.search(ada, { q: `n${n}` })).toMatchObject({
          hits: [{ message: { content: `number n${n}` } }],
          complete: true,
          through: [],
        });
      }
    });
  });

  test.each([
    ['indexed', false],
    ['frozen', true],
  ])('follows edits, deletions and expiry at once (%s)', async (_, isFrozen) => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await at.messages.room([ada, bob]);
    const [edited, deleted, expired] = [
      await at.messages.send(ada, room, 'secret one'),
      await at.messages.send(ada, room, 'secret two'),
      await at.messages.send(bob, room, 'secret three'),
    ];
    await at.indexed();
    const check = async () => {
      await at.edit(ada, room, edited.id, 'public one');
      expect(await at.found(bob, { q: 'secret' })).toEqual(['secret three', 'secret two']);
      expect(await at.found(bob, { q: 'public' })).toEqual(['public one']);
      await at.messages.call(ada, 'DELETE', path(room, `/${deleted.id}`));
      expect(await at.found(bob, { q: 'secret' })).toEqual(['secret three']);
      await at.messages.send(ada, room, 'secret four');
      await at.expire(room.id, expired.seq);
      expect(await at.found(bob, { q: 'secret' })).toEqual(['secret four']);
      expect(await at.found(bob, { q: 'public' })).toEqual([]);
    };
    await (isFrozen ? at.frozen(check) : check());
    await at.indexed();
    const stored = await at.db('message_terms').where({ room_id: room.id }).pluck('seq');
    expect(stored).toHaveLength(1);
  });

  test('is not found after its reader has left or been removed, or the room is closed', async () => {
    const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(person) as [Person, Person, Person];
    const room = await at.messages.room([ada, bob, eve]);
    await at.messages.send(ada, room, 'plan');
    await at.indexed();
    await at.messages.leave(room, bob);
    await at.messages.leave(room, eve, 'removed');
    for (const gone of [bob, eve]) {
      expect(await at.found(gone, { q: 'plan' })).toEqual([]);
      expect(
        await at.messages.call(gone, 'GET', `/api/v1/search/messages?q=plan&roomId=${room.id}`),
      ).toMatchObject({
        status: 404,
      });
    }
    expect(await at.found(ada, { q: 'plan', roomId: room.id })).toEqual(['plan']);
    await at.messages.close(room);
    expect(await at.found(ada, { q: 'plan' })).toEqual([]);
  });

  test('is not found if its author is erased or blocked by the reader, or it is encrypted', async () => {
    const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(person) as [Person, Person, Person];
    const room = await at.messages.room([ada, bob, eve]);
    for (const one of [ada, bob, eve]) await at.messages.send(one, room, `plan of ${one.username}`);
    await at.messages.send(ada, room, 'plan of ciphertext', { isEncrypted: true });
    await at.indexed();
    at.messages.ignore(ada, bob);
    expect(await at.found(ada, { q: 'plan' })).toEqual(['plan of eve', 'plan of ada']);
    expect(await at.found(bob, { q: 'plan' })).toEqual(['plan of eve', 'plan of bob', 'plan of ada']);
    await at.frozen(async () => {
      await at.erase(eve);
      await eventually(async () => expect(await at.found(ada, { q: 'plan' })).toEqual(['plan of ada']));
    });
    const terms = await at.db('message_terms').where({ room_id: room.id }).select('seq');
    expect(terms).toHaveLength(3);
  });
});

test('filters combine: words, phrases, exclusions, author, links, rooms and times', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const [one, two] = [await at.messages.room([ada, bob]), await at.messages.room([bob, ada])];
  const said: { createdAt: string }[] = [];
  for (const [who, room, content] of [
    [ada, one, 'red apple'],
    [bob, one, 'apple red'],
    [ada, two, 'red apples https://example.org'],
    [bob, two, 'green apple'],
  ] as const)
    said.push(await at.messages.send(who, room, content));
  const check = async () => {
    expect(await at.found(ada, { q: 'red apple' })).toHaveLength(3);
    expect(await at.found(ada, { q: '"red apple"' })).toEqual(['red apple']);
    expect(await at.found(ada, { q: 'apple -red' })).toEqual(['green apple']);
    expect(await at.found(ada, { q: '-red' })).toEqual(['green apple']);
    expect(await at.found(ada, { q: 'appl', from: bob.userId })).toEqual(['green apple', 'apple red']);
    expect(await at.found(ada, { has: 'link' })).toEqual(['red apples https://example.org']);
    expect(await at.found(ada, { q: 'apple', roomId: one.id })).toEqual(['apple red', 'red apple']);
    expect(await at.found(ada, { q: 'apple', roomId: [one.id, two.id] })).toHaveLength(4);
    const createdAt = said[2]?.createdAt ?? '';
    const earlier = said.filter((message) => message.createdAt.slice(0, 23) < createdAt.slice(0, 23));
    expect(await at.found(ada, { q: 'apple', before: createdAt })).toHaveLength(earlier.length);
    expect(await at.found(ada, { q: 'apple', after: createdAt })).toHaveLength(4 - earlier.length);
    expect(await at.found(ada, {})).toHaveLength(4);
  };
  await check();
  await at.indexed();
  await check();
  const hit = (await at.search(ada, { q: 'appl' })).hits[0];
  expect(hit).toMatchObject({ message: { content: 'green apple' }, ranges: [{ start: 6, length: 4 }] });
});

test('mentions of the caller are found, by name or with all members, while they last', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await at.messages.room([ada, bob]);
  const mine = async (question: Question = {}) =>
    (await at.found(bob, { mentions: 'me', ...question })).sort();
  const edited = await at.messages.send(ada, room, 'apples, @bob');
  await at.messages.send(ada, room, 'pears, @room');
  await at.messages.send(ada, room, 'plums for @ada');
  await at.messages.send(bob, room, 'my own, @ada, @bob');
  await at.messages.send(ada, room, 'a secret', {
    ...{ isEncrypted: true, mentions: { userIds: [bob.userId], room: false } },
  });
  const check = async () => {
    expect(await mine()).toEqual(['apples, @bob', 'pears, @room']);
    expect(await mine({ roomId: room.id, q: 'pears' })).toEqual(['pears, @room']);
    expect(await at.found(ada, { mentions: 'me' })).toEqual(['my own, @ada, @bob']);
    expect(await at.found(eve, { mentions: 'me' })).toEqual([]);
  };
  await check();
  await at.indexed();
  await check();
  await at.edit(ada, room, edited.id, 'apples for all');
  expect(await mine()).toEqual(['pears, @room']);
  await at.indexed();
  expect(await mine()).toEqual(['pears, @room']);
  expect(await at.messages.call(bob, 'GET', '/api/v1/search/messages?mentions=ada')).toMatchObject({
    status: 422,
  });
  await at.messages.leave(room, bob);
  expect(await mine()).toEqual([]);
});

test('pages have every message once, newest first, while others arrive and are indexed', async () => {
  const ada = person('ada');
  const rooms = [await at.messages.room([ada]), await at.messages.room([ada]), await at.messages.room([ada])];
  const sent: string[] = [];
  for (let n = 0; n < 30; n++)
    sent.push((await at.messages.send(ada, rooms[n % 3] as RoomState, `page ${n}`)).content);
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Json = await at.search(ada, { q: 'page', limit: '4', ...(cursor && { cursor }) });
    ids.push(...page.hits.map(({ message }: Json) => message.content));
    cursor = page.nextCursor;
    await at.messages.send(ada, rooms[0] as RoomState, 'page of later');
  }
  expect(ids).toHaveLength(30);
  expect([...ids].sort()).toEqual(sent.sort());
  const refused = await at.messages.call(ada, 'GET', '/api/v1/search/messages?cursor=nonsense');
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'cursor' }] } });
});
