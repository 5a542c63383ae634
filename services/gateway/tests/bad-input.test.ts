import { type ClientEvent, clientEvents } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { type SeededRandom, seededRandom } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterAll(() => world.stop());

const names = Object.keys(clientEvents) as [ClientEvent, ...ClientEvent[]];

test('a bad payload is refused with the names of the wrong fields', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const client = await world.join(gateway, ada, room);
  const refused: [ClientEvent, unknown, string[]][] = [
    ['join_room', undefined, ['payload']],
    ['join_room', 'a string', ['payload']],
    ['join_room', {}, ['roomId']],
    ['join_room', { roomId: 7 }, ['roomId']],
    ['join_room', { roomId: "1' or 1=1" }, ['roomId']],
    ['send_message', { roomId: room.id }, ['content']],
    ['send_message', { roomId: room.id, content: '   ' }, ['content']],
    ['send_message', { roomId: room.id, content: 'x'.repeat(10_001) }, ['content']],
    ['send_message', { roomId: room.id, content: 'a\u0000b' }, ['content']],
    ['send_message', { roomId: room.id, content: 'broken \ud800' }, ['content']],
    [
      'send_message',
      { roomId: room.id, content: 'x', clientId: 'with space', replyTo: 'nobody' },
      ['clientId', 'replyTo'],
    ],
    [
      'react_message',
      { roomId: room.id, messageId: newId(), reaction: 'x'.repeat(33), on: 'yes' },
      ['reaction', 'on'],
    ],
    ['typing', { roomId: room.id, isTyping: 'yes' }, ['isTyping']],
  ];
  for (const [event, payload, fields] of refused) {
    const { ok, error } = await client.ask(event, payload);
    expect({ ok, code: error.code, retryable: error.retryable }).toEqual({
      ok: false,
      code: 'validation_failed',
      retryable: false,
    });
    expect(error.fields.map(({ field }: Json) => field)).toEqual(fields);
  }
  expect(world.writer.timeline(room.id)).toEqual([]);
});

test('the error for an unknown event quotes its name', async () => {
  const client = await world.connect(gateway, person('ada'));
  client.send('make_coffee', { sugar: 2 });
  client.send('x'.repeat(1_000));
  const errors = await waitFor(client, 'error', 2);
  expect(errors[0]).toMatchObject({
    code: 'not_found',
    type: 'NOT_FOUND',
    message: expect.stringContaining('make_coffee'),
  });
  expect(errors[1].message.length).toBeLessThan(100);
});

test.each([1, 2, 3, 4, 5, 6])(
  'no event disconnects its client, affects others, or counts as a server error (seed %i)',
  async (seed) => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await world.room([ada, bob]);
    const [hostile, peaceful] = [await world.join(gateway, ada, room), await world.join(gateway, bob, room)];
    const random = seededRandom(seed);
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => hostile.ask(random.pick(names), garbage(random, room.id))),
    );
    for (let count = 0; count < 50; count++)
      hostile.send(
        random.pick([...names, 'constructor', '__proto__', 'toString', '']),
        ...argumentsOf(random, room.id),
      );
    const codes = new Set(answers.flatMap(({ ok, error }) => (ok ? [] : [error.code])));
    for (const { code } of hostile.received('error')) codes.add(code);
    const expected = ['validation_failed', 'room_not_found', 'message_not_found', 'not_found'];
    expect([...codes].filter((code) => !expected.includes(code))).toEqual([]);
    // One of the random events may have made it leave the room.
    await hostile.emit('join_room', { roomId: room.id });
    const sent = await peaceful.emit('send_message', { roomId: room.id, content: 'all well' });
    for (const client of [hostile, peaceful]) await waitForMessage(client, sent.id);
    expect(hostile.socket.connected).toBe(true);
  },
);

test('a frame nested a hundred thousand levels deep is refused like any invalid payload', async () => {
  const client = await world.connect(gateway, person('ada'));
  const levels = 100_000;
  // Bypasses the client's encoder, which fails on such depth.
  client.socket.io.engine.write(`2["send_message",${'['.repeat(levels)}${']'.repeat(levels)}]`);
  expect(await waitFor(client, 'error', 1)).toMatchObject([{ code: 'validation_failed' }]);
  expect(client.socket.connected).toBe(true);
});

test.each([
  '2{"an":"object"}',
  '2[]',
  '2[7]',
  '9["what"]',
  '51-["join_room",{"_placeholder":true,"num":9}]',
  'x',
  '',
  '2["disconnect"]',
])('an invalid packet (%s) does not affect other clients', async (packet) => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [hostile, peaceful] = [await world.join(gateway, ada, room), await world.join(gateway, bob, room)];
  hostile.socket.io.engine.write(packet);
  await peaceful.emit('send_message', { roomId: room.id, content: 'all well' });
  await waitFor(peaceful, 'receive_message', 1);
});

async function waitForMessage(client: Client, id: string): Promise<void> {
  for (let count = 1; !client.received('receive_message').some((one) => one.id === id); count++)
    await waitFor(client, 'receive_message', count);
}

function argumentsOf(random: SeededRandom, roomId: string): unknown[] {
  return Array.from({ length: random.integer(0, 3) }, () => garbage(random, roomId));
}

/** Payloads that violate the contract, some only slightly. */
function garbage(random: SeededRandom, roomId: string): unknown {
  const value = () => junk(random, roomId);
  return random.pick([
    value,
    () => ({ roomId: value() }),
    () => ({ roomId, messageId: value(), content: value(), reaction: value() }),
    () => ({ roomId, messageId: newId(), content: value(), clientId: value(), isEncrypted: value() }),
    () => JSON.parse(`{"__proto__":{"roomId":"${roomId}"},"constructor":{"prototype":{}},"content":"x"}`),
    () => Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`field ${index}`, index])),
  ])();
}

function junk(random: SeededRandom, roomId: string): unknown {
  return random.pick([
    () => null,
    () => undefined,
    () => random.pick([0, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]),
    () => random.next() < 0.5,
    () =>
      random.pick([
        '',
        ' ',
        '\u0000',
        '\ud800',
        '__proto__',
        roomId.toUpperCase(),
        `${roomId}0`,
        '<script>',
        '%00',
        '../..',
      ]),
    () => 'x'.repeat(random.integer(1, 20_000)),
    () => [],
    () => [[roomId]],
    () => deep(random.integer(10, 500)),
    () => Buffer.from('binary'),
    () => ({ a: Buffer.from('binary'), b: new Uint8Array(3) }),
    () => ({ _placeholder: true, num: 0 }),
    () => new Date(0),
    () => JSON.parse('{"toString":"no function","valueOf":null,"then":"no promise","length":-1}'),
  ])();
}

function deep(levels: number): unknown {
  return JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
}
