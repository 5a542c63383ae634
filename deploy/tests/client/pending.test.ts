import { createClient, type PendingMessage, type PendingStorage, type TokenStorage } from '@parley/client';
import { eventually, startStopwatch } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { contents, createPeople, record } from './sdk-people.ts';

let target: Target;
const { someone, connect, unreliableProxy } = createPeople(() => target);
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

/** Keeps messages as `localStorage` does: as text. */
function keptMessages(): PendingStorage {
  const texts = new Map<string, string>();
  return {
    load: async () => [...texts.values()].map((text) => JSON.parse(text) as PendingMessage),
    put: async (_userId, message) => void texts.set(message.clientId, JSON.stringify(message)),
    remove: async (clientId) => void texts.delete(clientId),
  };
}

test('a posted message is pending at once, also while offline, and is stored once', async () => {
  const proxy = await unreliableProxy();
  const ada = await someone('ada', proxy.url);
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  const live = connect(ada);
  const [received, pending] = [record(live, 'message'), record(live, 'pending')];
  const [offline, waiting, resumed] = [
    record(live, 'offline'),
    record(live, 'waiting'),
    record(live, 'resumed'),
  ];
  await live.join(roomId);
  proxy.block();
  await eventually(() => expect(waiting.length).toBeGreaterThan(1));
  const posted = [live.post(roomId, 'one'), live.post(roomId, 'two')];
  expect(live.pending(roomId)).toEqual(posted);
  expect(posted[0]).toMatchObject({ roomId, content: 'one', clientId: expect.any(String) });
  expect(await ada.unsent()).toBe(2);
  proxy.unblock();
  await eventually(() => expect(live.pending()).toEqual([]), { timeoutMs: 60_000 });
  expect(await ada.unsent()).toBe(0);
  await eventually(() => expect(contents(received)).toEqual(['one', 'two']));
  expect(received.map(({ clientId }) => clientId)).toEqual(posted.map(({ clientId }) => clientId));
  expect(pending.map(({ state, message }) => [state, message.content])).toEqual([
    ['sending', 'one'],
    ['sending', 'two'],
    ['stored', 'one'],
    ['stored', 'two'],
  ]);
  expect(offline).toEqual([{ reason: expect.any(String), message: expect.any(String) }]);
  expect(waiting[0]).toEqual({ reason: offline[0]?.reason, retryInMs: expect.any(Number) });
  await eventually(() =>
    expect(resumed).toEqual([{ missed: expect.any(Number), absentMs: expect.any(Number) }]),
  );
});

test('after an absence, `resumed` says how many events were missed, and how long it was', async () => {
  const proxy = await unreliableProxy();
  const [ada, bob] = [await someone('ada', proxy.url), await someone('bob')];
  const { id: roomId } = await ada.directRoom((await bob.me()).userId);
  const [adaLive, bobLive] = [connect(ada), connect(bob)];
  const [received, resumed] = [record(adaLive, 'message'), record(adaLive, 'resumed')];
  const joined = record(adaLive, 'joined');
  await adaLive.join(roomId, { since: 0 });
  // They are the room's first events.
  await eventually(() => expect(joined.map(({ atCreation }) => atCreation)).toEqual([true, true]));
  proxy.block();
  const sinceMs = startStopwatch();
  for (const content of ['one', 'two', 'three']) await bobLive.send(roomId, content);
  const blockedMs = sinceMs();
  proxy.unblock();
  await eventually(() => expect(resumed).toEqual([{ missed: 3, absentMs: expect.any(Number) }]), {
    timeoutMs: 60_000,
  });
  expect(resumed[0]?.absentMs).toBeGreaterThanOrEqual(blockedMs);
  expect(contents(received)).toEqual(['one', 'two', 'three']);
});

test('a refused message stays until it is retried, which stores it once, or discarded', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const bobId = (await bob.me()).userId;
  const { id: roomId } = await ada.createRoom({ name: 'garden', isPrivate: true });
  const live = connect(bob);
  const pending = record(live, 'pending');
  const [first, second] = [live.post(roomId, 'first'), live.post(roomId, 'second')];
  await eventually(() => expect(live.pending().filter(({ failed }) => failed?.code)).toHaveLength(2));
  live.discard(second.clientId);
  const added = record(live, 'added');
  await ada.api.addMembers({ roomId, userIds: [bobId] });
  await eventually(() => expect(added).toHaveLength(1));
  live.retry(first.clientId);
  await eventually(() => expect(live.pending()).toEqual([]));
  expect((await bob.history(roomId)).messages.map(({ content }) => content)).toEqual(['first']);
  expect(pending.map(({ state }) => state)).toEqual([
    ...['sending', 'sending', 'failed', 'failed', 'discarded', 'sending', 'stored'],
  ]);
});

test('the next session sends what the last one could not, if the storage keeps it', async () => {
  const proxy = await unreliableProxy();
  const ada = await someone('ada', proxy.url);
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  let tokens: Awaited<ReturnType<TokenStorage['load']>> = null;
  const storage: TokenStorage = {
    load: async () => tokens,
    save: async (saved) => {
      tokens = saved;
    },
    pending: keptMessages(),
  };
  const { username } = await ada.me();
  const first = createClient({ url: proxy.url, storage });
  await first.login({ username, password: 'correct horse' });
  const before = connect(first);
  proxy.block();
  const posted = before.post(roomId, 'written before the end');
  await eventually(async () => expect(await storage.pending?.load('')).toHaveLength(1));
  // As in a second tab, and not counted twice in the first one.
  for (const client of [first, createClient({ url: proxy.url, storage })])
    expect(await client.unsent()).toBe(1);
  before.close();
  proxy.unblock();
  const after = connect(createClient({ url: proxy.url, storage }));
  const pending = record(after, 'pending');
  await eventually(() => expect(pending.map(({ state }) => state)).toEqual(['sending', 'stored']), {
    timeoutMs: 60_000,
  });
  expect((await ada.history(roomId)).messages).toMatchObject([
    { content: 'written before the end', clientId: posted.clientId },
  ]);
  await eventually(async () => expect(await storage.pending?.load('')).toEqual([]));
});
