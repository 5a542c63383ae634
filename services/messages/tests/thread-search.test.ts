import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { person } from './messages-harness.ts';
import { SearchPlace } from './search-harness.ts';

let at: SearchPlace;
beforeAll(async () => {
  at = await SearchPlace.start();
});
afterAll(() => at?.stop());

test('a search in a thread finds its root and its replies, indexed or not, and nothing else', async () => {
  const [ada, eve] = [person('ada'), person('eve')];
  const room = await at.messages.room([ada]);
  const send = (content: string, extra?: object) => at.messages.send(ada, room, content, extra);
  const root = await send('apples?');
  await send('apples elsewhere');
  const reply = await send('green apples', { threadRoot: root.id });
  await send('pears', { threadRoot: root.id });
  await send('a quote of apples', { replyTo: root.id });
  await at.indexed();
  const check = async (expected: string[]) => {
    for (const inThread of [root.id, reply.id])
      expect(await at.found(ada, { q: 'apples', inThread })).toEqual(expected);
  };
  await check(['green apples', 'apples?']);
  await at.frozen(async () => {
    await send('red apples', { threadRoot: reply.id });
    await check(['red apples', 'green apples', 'apples?']);
  });
  await at.indexed();
  await check(['red apples', 'green apples', 'apples?']);
  expect((await at.foundInAll(ada, { inThread: root.id }, 1)).map(({ content }) => content)).toEqual([
    'red apples',
    'pears',
    'green apples',
    'apples?',
  ]);
  // A hidden thread looks like one that does not exist.
  for (const [who, inThread] of [
    [eve, root.id],
    [ada, newId()],
  ] as const) {
    const { status, body } = await at.messages.call(
      who,
      'GET',
      `/api/v1/search/messages?inThread=${inThread}`,
    );
    expect([status, body.code]).toEqual([404, 'message_not_found']);
  }
});
