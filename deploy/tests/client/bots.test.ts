import { randomUUID } from 'node:crypto';
import { type Bot, type BotOptions, createBot, createClient, type ParleyClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createPeople, online, record } from './sdk-people.ts';

let target: Target;
const running: Bot[] = [];
const { someone, connect } = createPeople(() => target);
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterEach(() => Promise.all(running.splice(0).map((bot) => bot.stop())));
afterAll(() => target?.stop());

const start = (key: string, options: Partial<BotOptions> = {}): Bot => {
  const bot = createBot({ url: target.url, key, ...options });
  running.push(bot);
  return bot;
};
const senders = (messages: readonly { userId: string; isBot?: true | undefined }[]) =>
  messages.map(({ userId, isBot }) => [userId, isBot]);
/** The texts of a room with their authors, oldest first. */
const written = async (client: ParleyClient, roomId: string) =>
  (await client.history(roomId)).messages.map(({ userId, content }) => [userId, content]);

test("a bot's messages show `isBot`: live, edited, in history, sync, search and by id", async () => {
  const ada = await someone('ada');
  const { userId } = await ada.me();
  const { bot, key } = await ada.api.createBot({ owner: 'me' });
  const { id: roomId } = await ada.createRoom({ name: 'garden', members: [bot.id] });
  const live = connect(ada);
  const [messages, edits] = [record(live, 'message'), record(live, 'edited')];
  await live.join(roomId, { since: 0 });
  const word = `w${randomUUID().replaceAll('-', '')}`;
  await live.send(roomId, `asks ${word}`);
  const { session } = start(key);
  await online(session);
  const sent = await session.send(roomId, `says ${word}`);
  await session.edit(roomId, sent.id, `still says ${word}`);
  await eventually(() => expect(senders(edits)).toEqual([[bot.id, true]]));
  const both = [
    [userId, undefined],
    [bot.id, true],
  ];
  expect(senders(messages)).toEqual(both);
  expect(senders(await live.people(roomId)).toSorted()).toEqual(both.toSorted());
  expect(senders((await ada.history(roomId)).messages)).toEqual(both);
  const { rooms } = await ada.sync([{ roomId, seq: 0 }]);
  const changes = rooms[0]?.changes ?? [];
  expect(senders(changes.flatMap((each) => (each.kind === 'message' ? [each.message] : [])))).toEqual(both);
  expect(senders([await ada.message(roomId, sent.id)])).toEqual([[bot.id, true]]);
  await eventually(async () => {
    const { hits } = await ada.api.searchMessages({ q: `"says ${word}"` });
    expect(senders(hits.map(({ message }) => message))).toEqual([[bot.id, true]]);
  });
  const [root] = (await ada.history(roomId)).messages;
  await session.send(roomId, 'replies', { threadRoot: root?.id ?? '' });
  const { thread } = await ada.api.getThread({ roomId, messageId: root?.id ?? '' });
  expect(senders(thread.participants)).toEqual([[bot.id, true]]);
});

test('so do their joins, leaves and typing, and notifications of their messages and invites', async () => {
  const [ada, eve] = [await someone('ada'), await someone('eve')];
  const { userId } = await ada.me();
  const { bot, key } = await ada.api.createBot({ owner: 'me' });
  const bots = createClient({ url: target.url, key });
  const { id: roomId } = await bots.createRoom({ name: 'of a bot', members: [userId] });
  const live = connect(ada);
  const [joins, leaves, typing] = [record(live, 'joined'), record(live, 'left'), record(live, 'typing')];
  await live.join(roomId, { since: 0 });
  await eventually(() => expect(senders(joins)).toContainEqual([bot.id, true]));
  expect(senders(joins)).toContainEqual([userId, undefined]);
  const { session } = start(key);
  await online(session);
  await session.join(roomId);
  await eventually(async () => {
    await session.typing(roomId, true);
    expect(senders(typing)).toContainEqual([bot.id, true]);
  });
  const { userId: eveId } = await eve.me();
  await bots.api.addMembers({ roomId, userIds: [eveId] });
  await bots.api.sendMessage({ roomId, content: 'Welcome' });
  await eventually(async () => {
    const { notifications } = await eve.api.listNotifications({});
    expect(
      notifications.map(({ type, metadata }) => [type, metadata.senderId, metadata.senderIsBot]),
    ).toEqual(
      expect.arrayContaining([
        ['message', bot.id, true],
        ['group_invite', bot.id, true],
      ]),
    );
  });
  const { id } = await ada.createRoom({ name: 'another', members: [bot.id] });
  await live.join(id, { since: 0 });
  await ada.api.removeMember({ roomId: id, userId: bot.id });
  await eventually(() => expect(senders(leaves)).toContainEqual([bot.id, true]));
  const { rooms } = await ada.sync([{ roomId: id, seq: 0 }]);
  const passages = (rooms[0]?.changes ?? []).flatMap((each) => (each.kind === 'message' ? [] : [each]));
  expect(senders(passages.filter((each) => each.userId === bot.id))).toEqual([
    [bot.id, true],
    [bot.id, true],
  ]);
});

test('bots do not handle the messages of other bots, unless they ask for them', async () => {
  const ada = await someone('ada');
  const { userId } = await ada.me();
  const made = await Promise.all([0, 1, 2].map(() => ada.api.createBot({ owner: 'me' })));
  const [first, second, third] = made.map(({ bot }) => bot.id);
  const { id: roomId } = await ada.createRoom({ name: 'echoes', members: made.map(({ bot }) => bot.id) });
  const [one, two, all] = made.map(({ key }, index) => start(key, { handleBots: index === 2 }));
  one?.on('message', (message) => one.reply(message, `1: ${message.content}`));
  two?.on('message', (message) => two.reply(message, `2: ${message.content}`));
  const heard: string[] = [];
  all?.on('message', ({ content }) => void heard.push(content));
  const live = connect(ada);
  await live.send(roomId, 'hello');
  await eventually(() => expect(heard.toSorted()).toEqual(['1: hello', '2: hello', 'hello']));
  await live.send(roomId, 'again');
  await eventually(() => expect(heard).toHaveLength(6));
  expect((await written(ada, roomId)).toSorted()).toEqual(
    [
      [userId, 'hello'],
      [first, '1: hello'],
      [second, '2: hello'],
      [userId, 'again'],
      [first, '1: again'],
      [second, '2: again'],
    ].toSorted(),
  );
  expect(third).toBeDefined();
});

test('a bot whose key is limited to rooms follows these rooms alone, without naming them', async () => {
  const ada = await someone('ada');
  const { bot } = await ada.api.createBot({ owner: 'me' });
  const inside = await ada.createRoom({ name: 'inside', members: [bot.id] });
  const outside = await ada.createRoom({ name: 'outside', members: [bot.id] });
  const { key } = await ada.api.createBotKey({ botId: bot.id, name: 'limited', roomIds: [inside.id] });
  const limited = start(key);
  const heard: string[] = [];
  const problems: unknown[] = [];
  limited.on('message', (message) => {
    heard.push(message.content);
    return limited.reply(message, `answers ${message.content}`);
  });
  limited.on('error', ({ error }) => problems.push(error));
  await online(limited.session);
  const live = connect(ada);
  await live.send(outside.id, 'unheard');
  await live.send(inside.id, 'heard');
  // A room that it joins later is outside, too.
  const later = await ada.createRoom({ name: 'later', members: [bot.id] });
  await live.send(later.id, 'unheard');
  await live.send(inside.id, 'again');
  await eventually(async () => expect(await written(ada, inside.id)).toHaveLength(4));
  expect(heard).toEqual(['heard', 'again']);
  expect(await written(ada, outside.id)).toHaveLength(1);
  expect(await written(ada, later.id)).toHaveLength(1);
  expect(problems).toEqual([]);
});

test('of many who write upon one state, by live events too, the first one wins', async () => {
  const [ada, bob] = await Promise.all([someone('ada'), someone('bob')]);
  const { id: roomId } = await ada.createRoom({ name: 'tasks', members: [(await bob.me()).userId] });
  const [hers, his] = [connect(ada), connect(bob)];
  const task = await hers.send(roomId, 'Water the plants');
  const refused = (seq: number) => ({ code: 'state_changed', retryable: false, current: { seq } });

  const claims = [hers, his].map((live) => live.send(roomId, 'Mine', { ifSeq: task.seq }));
  const outcomes = await Promise.allSettled(claims);
  const won = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.seq] : []));
  const lost = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(won).toEqual([task.seq + 1]);
  expect(lost).toMatchObject([refused(task.seq + 1)]);

  const unchanged = { ifChangedSeq: task.seq };
  await hers.edit(roomId, task.id, 'Water all plants', unchanged);
  const changed = { ...refused(task.seq + 2), current: { message: { content: 'Water all plants' } } };
  await expect(his.react(roomId, task.id, '👍', true, unchanged)).rejects.toMatchObject(changed);
  await expect(hers.edit(roomId, task.id, 'Too late', unchanged)).rejects.toMatchObject(changed);
  const reply = { replyTo: task.id, ifChangedSeq: task.seq };
  await expect(his.send(roomId, 'Done', reply)).rejects.toMatchObject(changed);
  await his.send(roomId, 'Done', { ...reply, ifChangedSeq: task.seq + 2 });
});
