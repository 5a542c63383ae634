import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, type Person, person, World } from './gateway-harness.ts';
import { type ListenOptions, openListener } from './listener.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

const listen = (who: Person, { gateway = second, ...options }: ListenOptions & { gateway?: Gateway } = {}) =>
  openListener(world, gateway, who, options);

test('direct: send_message accepts {to, message} or {receiver_id, content}, but not both', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const [adas, bobs] = [
    await listen(ada, { contract: 'direct', gateway: first }),
    await listen(bob, { contract: 'direct' }),
  ];
  adas.send('send_message', { to: bob.userId, message: 'Hello, Bob.', client_id: 'a-1' });
  const object = {
    sender_id: ada.userId,
    receiver_id: bob.userId,
    content: 'Hello, Bob.',
    created_at: expect.any(String),
  };
  await eventually(() => {
    expect(adas.named('message_sent')).toMatchObject([
      { ...object, to: bob.userId, message: 'Hello, Bob.', client_id: 'a-1' },
    ]);
    expect(bobs.named('receive_message')).toMatchObject([
      { ...object, from: ada.userId, message: 'Hello, Bob.', timestamp: expect.any(String) },
    ]);
  });
  bobs.send('send_message', { receiver_id: ada.userId, content: 'Hello, Ada.' });
  await eventually(() =>
    expect(bobs.named('message_sent')).toMatchObject([{ to: ada.userId, message: 'Hello, Ada.' }]),
  );
  await eventually(() =>
    expect(adas.named('receive_message')).toMatchObject([{ from: bob.userId, message: 'Hello, Ada.' }]),
  );
  expect(bobs.named('receive_message')).toHaveLength(1);
  for (const [payload, field] of [
    [{ to: 'bob@example.org', message: 'x' }, 'to'],
    [{ to: bob.userId }, 'content'],
    [{ to: bob.userId, message: 'x', content: 'y' }, 'content'],
    [{ message: 'x' }, 'roomId'],
    [{ to: bob.userId, receiver_id: bob.userId, message: 'x' }, 'roomId'],
  ] as const) {
    adas.received.length = 0;
    adas.send('send_message', payload);
    await eventually(() =>
      expect(adas.named('error')).toMatchObject([{ code: 'validation_failed', fields: [{ field }] }]),
    );
  }
});

test('groups: the sending connection receives its own message, and message-sent', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const group = await world.room([ada, bob]);
  const adas = await listen(ada, { contract: 'groups', transport: 'WebSocket' });
  const sends = [
    { receiver_id: group.id, is_group: true },
    { receiver_id: bob.userId, is_group: false },
  ];
  for (const [index, to] of sends.entries()) {
    const message = { sender_id: ada.userId, ...to, content: `message ${index}` };
    adas.send('send-message', message);
    await eventually(() => {
      expect(adas.named('receive-message').at(-1)).toMatchObject(message);
      expect(adas.named('message-sent').at(-1)).toMatchObject(message);
    });
  }
  expect([adas.named('receive-message'), adas.named('message-sent')].map(({ length }) => length)).toEqual([
    2, 2,
  ]);
});
