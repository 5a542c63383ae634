import type { Change } from '@parley/contracts';
import { eventually, seededRandom } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { unchanged } from './fake-writer.ts';
import { type Client, type Gateway, type Json, metric, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterEach(() => {
  world.writer.transit = unchanged;
  world.writer.away = false;
});
afterAll(() => world.stop());

const seqs = (client: Client) => client.received('receive_message').map(({ seq }: Json) => seq);
const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1);

test.each([11, 12, 13])(
  'changes lost, repeated or swapped in transit reach everyone once, in order (seed %i)',
  async (seed) => {
    const people = [person('ada'), person('bob'), person('eve'), person('joe')] as const;
    const room = await world.room([...people]);
    const clients = await Promise.all(
      people.map((one, index) => world.join(index % 2 ? second : first, one, room)),
    );
    const random = seededRandom(seed);
    const held: Change[] = [];
    world.writer.transit = async (changes, publish) => {
      for (const change of changes) {
        for (let copies = random.pick([0, 1, 1, 1, 2]); copies > 0; copies--)
          held.splice(random.integer(0, held.length), 0, change);
      }
      if (random.next() < 0.5) await publish(held.splice(0));
    };
    for (let round = 0; round < 15; round++) {
      await Promise.all(
        clients.map((client) => client.emit('send_message', { roomId: room.id, content: `${round}` })),
      );
    }
    world.writer.transit = unchanged;
    await world.writer.publish(held);
    await clients[0]?.emit('send_message', { roomId: room.id, content: 'the end' });
    for (const client of clients) {
      await waitFor(client, 'receive_message', 61);
      expect(seqs(client)).toEqual(upTo(61));
    }
  },
);

test('a gap is filled before later messages, once the messages service answers', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(first, ada, room), await world.join(second, bob, room)];
  world.writer.away = true;
  world.writer.transit = async () => undefined;
  await adas.emit('send_message', { roomId: room.id, content: 'lost in transit' });
  world.writer.transit = unchanged;
  const asked = world.writer.asked.length;
  await adas.emit('send_message', { roomId: room.id, content: 'follows' });
  await eventually(() => expect(world.writer.asked.length).toBeGreaterThan(asked + 3));
  expect([...seqs(adas), ...seqs(bobs)]).toEqual([]);
  world.writer.away = false;
  for (const client of [adas, bobs]) {
    await waitFor(client, 'receive_message', 2);
    expect(client.received('receive_message').map(({ content }: Json) => content)).toEqual([
      'lost in transit',
      'follows',
    ]);
  }
  for (const gateway of [first, second])
    expect(await metric(gateway, 'gateway_gap_changes_total')).toBeGreaterThan(0);
});

test('every change after the acknowledged seq of a join arrives, under concurrent sends', async () => {
  const [ada, ...others] = [
    person('ada'),
    ...Array.from({ length: 10 }, (_, index) => person(`late ${index}`)),
  ];
  const room = await world.room([ada, ...others]);
  const adas = await world.connect(first, ada);
  const late: { client: Client; seq: number }[] = [];
  const joining = others.map(async (one, index) => {
    const client = await world.connect(index % 2 ? second : first, one);
    late.push({ client, seq: (await client.emit('join_room', { roomId: room.id })).seq });
  });
  for (let count = 0; count < 30; count++)
    await adas.emit('send_message', { roomId: room.id, content: `${count}` });
  await Promise.all(joining);
  await adas.emit('send_message', { roomId: room.id, content: 'the end' });
  for (const { client, seq } of late) {
    await eventually(() => expect(seqs(client).filter((one) => one > seq)).toEqual(upTo(31).slice(seq)));
  }
});

test('a join without the messages service is refused as retryable, and works afterwards', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const adas = await world.connect(first, ada);
  world.writer.away = true;
  expect(await adas.ask('join_room', { roomId: room.id })).toMatchObject({
    ok: false,
    error: { code: 'unavailable', retryable: true },
  });
  await adas.emit('send_message', { roomId: room.id, content: 'not received' });
  world.writer.away = false;
  expect((await adas.emit('join_room', { roomId: room.id })).seq).toBe(1);
  await adas.emit('send_message', { roomId: room.id, content: 'received' });
  expect(await waitFor(adas, 'receive_message', 1)).toMatchObject([{ content: 'received' }]);
});

test('when a gateway stops, the others take over its partitions and clients miss nothing', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = await Promise.all(Array.from({ length: 8 }, () => world.room([ada, bob])));
  const third = await world.gateway();
  const [adas, bobs] = [await world.connect(first, ada), await world.connect(second, bob)];
  for (const room of rooms)
    for (const client of [adas, bobs]) await client.emit('join_room', { roomId: room.id });
  let stopped = false;
  const stopping = third.stop().then(() => {
    stopped = true;
  });
  let rounds = 0;
  for (; !stopped || rounds < 5; rounds++) {
    await Promise.all(
      rooms.map((room) => adas.emit('send_message', { roomId: room.id, content: `${rounds}` })),
    );
  }
  await stopping;
  for (const client of [adas, bobs]) {
    await waitFor(client, 'receive_message', rounds * rooms.length, 20_000);
    for (const room of rooms) {
      const received = client.received('receive_message').filter((one) => one.roomId === room.id);
      expect(received.map(({ seq }: Json) => seq)).toEqual(upTo(rounds));
    }
  }
});

test('a message whose sender is being looked up is not overtaken by those sent after it', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada]);
  const bobs = await world.connect(first, bob);
  const announce = world.addSilently(room, bob);
  let answerQuestion = () => {};
  const held = new Promise<void>((resolve) => {
    answerQuestion = resolve;
  });
  world.beforeMemberships = () => held;
  const asked = world.askedMembers;
  const send = (content: string) => bobs.ask('send_message', { roomId: room.id, content });
  const answers = [send('one')];
  await eventually(() => expect(world.askedMembers).toBeGreaterThan(asked));
  await announce();
  await waitFor(bobs, 'room_added', 1);
  answers.push(send('two'), send('three'));
  // The gateway has read both when it answers this.
  await bobs.ask('leave_room', { roomId: room.id });
  answerQuestion();
  world.beforeMemberships = async () => undefined;
  const stored = (await Promise.all(answers)).map(({ data }) => data.seq);
  expect(stored).toEqual([...stored].sort((a, b) => a - b));
});
