import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const ada = person('ada');
const bob = person('bob');

beforeAll(async () => {
  messages = await startMessages();
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

describe('reactions', () => {
  test('a repeated reaction toggles, `on` sets the outcome, and counts list the users', async () => {
    const room = await messages.room([ada, bob]);
    const sent = await messages.send(ada, room, 'vote');
    const react = (who: typeof ada, body: object) =>
      messages.call(who, 'POST', `/api/v1/rooms/${room.id}/messages/${sent.id}/reactions`, body);
    await react(ada, { reaction: '👍' });
    expect((await react(bob, { reaction: '👍' })).body.reactions).toEqual([
      { reaction: '👍', count: 2, userIds: [ada.userId, bob.userId] },
    ]);
    expect((await react(ada, { reaction: '👍' })).body.reactions).toEqual([
      { reaction: '👍', count: 1, userIds: [bob.userId] },
    ]);
    const before = (await react(bob, { reaction: '👍', on: true })).body.changedSeq;
    expect((await react(bob, { reaction: '👍', on: true })).body.changedSeq).toBe(before);
    expect((await react(bob, { reaction: '👍', on: false })).body.reactions).toEqual([]);
  });

  test.each([
    ['❤', '❤\ufe0f'],
    ['1\u20e3', '1\ufe0f\u20e3'],
    ['👁\u200d🗨', '👁\ufe0f\u200d🗨\ufe0f'],
    ['☺\ufe0e', '☺\ufe0f'],
    [' e\u0301', 'é'],
  ])('two forms of one emoji are one reaction: %j and %j', async (bare, qualified) => {
    const room = await messages.room([ada, bob]);
    const sent = await messages.send(ada, room, 'vote');
    const react = (who: typeof ada, body: object) =>
      messages.call(who, 'POST', `/api/v1/rooms/${room.id}/messages/${sent.id}/reactions`, body);
    expect((await react(ada, { reaction: bare })).body.reactions).toEqual([
      { reaction: qualified, count: 1, userIds: [ada.userId] },
    ]);
    expect((await react(bob, { reaction: qualified })).body.reactions).toEqual([
      { reaction: qualified, count: 2, userIds: [ada.userId, bob.userId] },
    ]);
    expect((await react(ada, { reaction: qualified })).body.reactions).toEqual([
      { reaction: qualified, count: 1, userIds: [bob.userId] },
    ]);
    expect((await react(bob, { reaction: bare, on: false })).body.reactions).toEqual([]);
  });

  test('other skin tones are other reactions, and blank ones are refused', async () => {
    const room = await messages.room([ada]);
    const sent = await messages.send(ada, room, 'vote');
    const react = (reaction: string) =>
      messages.call(ada, 'POST', `/api/v1/rooms/${room.id}/messages/${sent.id}/reactions`, { reaction });
    await react('👍');
    expect((await react('👍🏽')).body.reactions).toHaveLength(2);
    for (const blank of ['\ufe0f', '\u200d', '\u2800', '\u3164'])
      expect((await react(blank)).status).toBe(422);
  });

  test('a message has at most fifty different reactions', async () => {
    const room = await messages.room([ada]);
    const sent = await messages.send(ada, room, 'vote');
    const react = (reaction: string) =>
      messages.call(ada, 'POST', `/api/v1/rooms/${room.id}/messages/${sent.id}/reactions`, { reaction });
    await Promise.all(Array.from({ length: 50 }, (_, index) => react(`r${index}`)));
    expect((await react('one more')).body).toMatchObject({ status: 409, code: 'limit_reached' });
    expect((await react('r7')).status).toBe(200);
    expect((await react('one more')).status).toBe(200);
  });
});
