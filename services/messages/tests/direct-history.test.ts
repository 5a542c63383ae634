import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const ada = person('ada');
const bob = person('bob');
/** The millisecond of all messages, until a test moves the clock. */
const instant = Date.parse('2026-01-31T12:00:00.123Z');
let now = instant;

beforeAll(async () => {
  messages = await startMessages({ clock: () => now });
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
  const room = await messages.room([ada, bob], { kind: 'direct' });
  for (let number = 1; number <= 50; number++) await messages.send(number % 2 ? ada : bob, room, `${number}`);
});
afterAll(() => messages.stop());

const all = Array.from({ length: 50 }, (_, index) => `${index + 1}`);
const contents = (page: Json): string[] => page.body.map((one: Json) => one.content);
const history = (query: string) => messages.call(ada, 'GET', `/api/messages/${bob.userId}?${query}`);

test.each(['created_at', 'id', 'seq'])(
  'paging back by %s through 50 messages of one millisecond returns each once, in order',
  async (cursor) => {
    const pages: string[][] = [];
    for (
      let page = await history('limit=10');
      page.body.length > 0;
      page = await history(`limit=10&before=${page.body[0][cursor]}`)
    ) {
      pages.unshift(contents(page));
    }
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10]);
    expect(pages.flat()).toEqual(all);
  },
);

test('paging back by offset or by the links of the answers returns each message once, in order', async () => {
  const pages: string[][] = [];
  for (let offset = 0; offset < 50; offset += 10)
    pages.unshift(contents(await history(`limit=10&offset=${offset}`)));
  expect(pages.flat()).toEqual(all);
  expect(contents(await history('limit=10&offset=50'))).toEqual([]);

  const linked: string[][] = [];
  for (let query: string | undefined = 'limit=10&offset=0'; query; ) {
    const page = await history(query);
    linked.unshift(contents(page));
    query = /^<\?([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    expect(page.headers.get('x-has-more')).toBe(query ? 'true' : null);
  }
  expect(linked.flat()).toEqual(all);
});

test('paging back by offset repeats and misses nothing while messages arrive and are deleted', async () => {
  const cleo = person('cleo');
  const dan = person('dan');
  const room = await messages.room([cleo, dan], { kind: 'direct' });
  const ids: string[] = [];
  for (let number = 1; number <= 30; number++) ids.push((await messages.send(cleo, room, `${number}`)).id);
  const pages: string[][] = [];
  for (let offset = 0; offset < 30; offset += 10) {
    const path = `/api/messages/${dan.userId}?limit=10&offset=${offset}`;
    pages.unshift(contents(await messages.call(cleo, 'GET', path)));
    await messages.send(dan, room, 'later');
    const newest = `/api/v1/rooms/${room.id}/messages/${ids.pop()}`;
    expect((await messages.call(cleo, 'DELETE', newest)).status).toBe(204);
  }
  expect(pages.flat()).toEqual(all.slice(0, 30));
});

test('history without a limit is complete and ordered; `before` accepts a time', async () => {
  const page = await history('');
  expect([contents(page), page.headers.get('x-has-more')]).toEqual([all, null]);
  const times = page.body.map((one: Json) => one.created_at);
  expect(times).toEqual([...new Set(times)].sort());
  expect(times.map((time: string) => Date.parse(time))).toEqual(all.map(() => instant));
  for (const time of ['2026-01-31T12:00:00.122Z', `${instant - 1}`])
    expect(contents(await history(`before=${time}`))).toEqual([]);
  for (const time of ['2026-01-31T12:00:00.124Z', '2026-01-31T12:00:01Z', `${instant + 1}`])
    expect(contents(await history(`before=${time}`))).toEqual(all);
  expect(contents(await history(`before=${times[10].replace('Z', '%2B00:00')}`))).toEqual(all.slice(0, 10));
});

test.each<[string, (time: string) => string]>([
  ['toISOString()', (time) => new Date(time).toISOString()],
  ['getTime()', (time) => `${new Date(time).getTime()}`],
])('paging back by Date.%s returns each message once, or an error that says what to send', async (_, cut) => {
  const [eve, fay] = [person('eve'), person('fay')];
  const room = await messages.room([eve, fay], { kind: 'direct' });
  const page = (query: string) => messages.call(eve, 'GET', `/api/messages/${fay.userId}?limit=2${query}`);
  for (let number = 1; number <= 5; number++) {
    now += 1;
    await messages.send(eve, room, `${number}`);
  }
  const walked: string[] = [];
  for (let { body } = await page(''); body.length > 0; ) {
    walked.unshift(...body.map(({ content }: Json) => content));
    ({ body } = await page(`&before=${cut(body[0].created_at)}`));
  }
  expect(walked).toEqual(['1', '2', '3', '4', '5']);
  await messages.send(eve, room, 'in the same millisecond');
  const [, shared] = (await page('')).body;
  expect(await page(`&before=${cut(shared.created_at)}`)).toMatchObject({
    status: 400,
    body: {
      code: 'validation_failed',
      errors: [{ field: 'before', message: expect.stringMatching(/created_at with all six decimals/) }],
    },
  });
});

test.each(['1764412345', '9999999999999999', '-1', '2026-01-31'])(
  'before=%s is neither a seq nor a time, and the 400 names the accepted forms',
  async (before) => {
    expect(await history(`before=${before}`)).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            field: 'before',
            message: "must be a message's id, seq or created_at, or milliseconds since 1970",
          },
        ],
      },
    });
  },
);

test.each(['offset=-1', 'offset=100001', 'offset=x', 'limit=1001', 'limit=0', 'before=yesterday'])(
  '%s is refused with 400',
  async (query) => {
    expect(await history(query)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  },
);
