import type { ClientContract } from '@parley/contracts';
import { expect, test } from 'vitest';
import { person, startMessages } from './messages-harness.ts';

const ada = person('ada');
const bob = person('bob');

test("the session's contract sets the rate: by default only `rooms` and older tokens have one", async () => {
  const limited = await startMessages({ rate: '2/m' });
  try {
    await limited.bus.consume('timeline', 'notifications', async () => undefined);
    await limited.bus.consume('directory', 'notifications', async () => undefined);
    const room = await limited.room([ada]);
    const third = async (contract?: ClientContract) => {
      const sender = { ...ada, ...(contract && { contract }) };
      const send = () =>
        limited.call(sender, 'POST', `/api/v1/rooms/${room.id}/messages`, { content: 'hello' });
      return [await send(), await send(), await send()].at(-1)?.status;
    };
    for (const contract of ['conversations', 'groups', 'organizations', 'direct'] as const) {
      expect([contract, await third(contract)]).toEqual([contract, 201]);
    }
    expect(await third('rooms')).toBe(429);
    expect(await third()).toBe(429);
  } finally {
    await limited.stop();
  }
});

test('a program with a key has a rate of its own', async () => {
  const limited = await startMessages({ rate: '2/m,keys=3/m' });
  try {
    await limited.bus.consume('timeline', 'notifications', async () => undefined);
    await limited.bus.consume('directory', 'notifications', async () => undefined);
    // Stands for auth, which records what keys do.
    await limited.bus.consume('keys', 'auth', async () => undefined);
    const program = { ...bob, keyScopes: ['messages:send' as const] };
    const room = await limited.room([ada, bob]);
    const path = `/api/v1/rooms/${room.id}/messages`;
    const statuses = async (who: typeof ada) => {
      const answers = [];
      for (let number = 0; number < 4; number++)
        answers.push(await limited.call(who, 'POST', path, { content: `message ${number}` }));
      return answers.map(({ status }) => status);
    };
    expect(await statuses(program)).toEqual([201, 201, 201, 429]);
    expect(await statuses(ada)).toEqual([201, 201, 429, 429]);
  } finally {
    await limited.stop();
  }
});

test('messages, edits and reactions share one budget; deletions and repetitions are free', async () => {
  const limited = await startMessages({ rate: '5/10s' });
  try {
    await limited.bus.consume('timeline', 'notifications', async () => undefined);
    await limited.bus.consume('directory', 'notifications', async () => undefined);
    const room = await limited.room([ada, bob]);
    const path = `/api/v1/rooms/${room.id}/messages`;
    const bobs = await limited.send(bob, room, 'hello');
    const sent = await limited.send(ada, room, 'first');
    const edit = (content: string) => limited.call(ada, 'PUT', `${path}/${sent.id}`, { content });
    const react = (reaction: string, on?: boolean) =>
      limited.call(ada, 'POST', `${path}/${bobs.id}/reactions`, { reaction, on });
    for (const accepted of [edit('second'), edit('third'), react('👍'), react('👍', false)])
      expect((await accepted).status).toBe(200);
    for (const refused of [edit('fourth'), react('👍'), react('🎉', true)])
      expect((await refused).body).toMatchObject({
        status: 429,
        limit: '5 per 10 seconds, user and room',
        setting: 'MESSAGE_RATE',
        retryAfterMs: expect.any(Number),
      });
    expect((await limited.call(ada, 'POST', path, { content: 'more' })).status).toBe(429);
    for (const repeated of [edit('third'), react('👍', false)]) expect((await repeated).status).toBe(200);
    expect((await limited.call(ada, 'DELETE', `${path}/${sent.id}`)).status).toBeLessThan(300);
    expect((await limited.call(bob, 'POST', `${path}/${bobs.id}/reactions`, { reaction: '👍' })).status).toBe(
      200,
    );
    const unlimited = { ...ada, contract: 'direct' as const };
    expect(
      (await limited.call(unlimited, 'POST', `${path}/${bobs.id}/reactions`, { reaction: '👍' })).status,
    ).toBe(200);
  } finally {
    await limited.stop();
  }
});

test('the sixth message in ten seconds is refused with a retry time, and a duplicate is free', async () => {
  const limited = await startMessages({ rate: '5/10s' });
  try {
    await limited.bus.consume('timeline', 'notifications', async () => undefined);
    await limited.bus.consume('directory', 'notifications', async () => undefined);
    const room = await limited.room([ada, bob]);
    const other = await limited.room([ada]);
    for (let index = 0; index < 4; index++) await limited.send(ada, room, `m${index}`);
    const fifth = await limited.send(ada, room, 'm4', { clientId: 'fifth' });
    const refused = await limited.call(ada, 'POST', `/api/v1/rooms/${room.id}/messages`, {
      content: 'too much',
    });
    expect(refused.body).toMatchObject({
      status: 429,
      code: 'rate_limit',
      limit: '5 per 10 seconds, user and room',
      setting: 'MESSAGE_RATE',
    });
    expect(refused.body.retryAfterMs).toBeGreaterThan(5_000);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(5);
    expect(await limited.send(ada, room, 'm4', { clientId: 'fifth' })).toEqual(fifth);
    await limited.send(bob, room, 'others may');
    await limited.send(ada, other, 'other rooms too');
    expect((await limited.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`)).body.messages).toHaveLength(
      6,
    );
  } finally {
    await limited.stop();
  }
});
