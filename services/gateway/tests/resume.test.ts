import { newId } from '@parley/runtime';
import { startRedis } from '@parley/servers';
import { eventually } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Gateway, type Json, metric, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway({ MAX_ROOMS_PER_CONNECTION: '3' })];
});
afterEach(() => {
  world.writer.afterSync = async () => undefined;
  world.beforeStandings = async () => undefined;
});
afterAll(() => world.stop());

const [ada, bob] = [person('ada'), person('bob')];

/** How often Redis has run each of these commands. */
async function callsOf<C extends string>(redis: Redis, commands: readonly C[]): Promise<Record<C, number>> {
  const stats = await redis.info('commandstats');
  const entries = commands.map((name) => [
    name,
    Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
  ]);
  return Object.fromEntries(entries) as Record<C, number>;
}

test('resume: messages stored after the answer arrive live, from another gateway', async () => {
  const rooms = [await world.room([ada, bob]), await world.room([ada, bob])];
  const adas = await world.connect(first, ada);
  for (const { id: roomId } of rooms) await adas.emit('send_message', { roomId, content: 'while away' });
  world.writer.afterSync = async () => {
    for (const { id: roomId } of rooms) await adas.emit('send_message', { roomId, content: 'just after' });
  };
  const bobs = await world.connect(second, bob);
  const answer = await bobs.emit('resume', { rooms: rooms.map(({ id: roomId }) => ({ roomId, seq: 0 })) });
  expect(answer).toMatchObject({ gone: [], unheard: [], gained: [] });
  for (const { id: roomId } of rooms) {
    const resumed = answer.rooms.find((one: Json) => one.roomId === roomId);
    expect(resumed.changes.map(({ message }: Json) => message.content)).toEqual(['while away']);
    const received = await waitFor(bobs, 'receive_message', 2);
    expect(received.filter((one) => one.roomId === roomId).map(({ seq, content }) => [seq, content])).toEqual(
      [[resumed.seq + 1, 'just after']],
    );
  }
});

test('resume under load: the answer and the later live events are complete and in order', async () => {
  const room = await world.room([ada, bob]);
  const adas = await world.connect(first, ada);
  let writing = true;
  const load = (async () => {
    for (let count = 0; writing; count++)
      await adas.emit('send_message', { roomId: room.id, content: `${count}` });
    return adas.emit('send_message', { roomId: room.id, content: 'the end' });
  })();
  const runs = [];
  for (let cursor = 0, run = 0; run < 10; run++) {
    const bobs = await world.connect(run % 2 ? first : second, bob);
    const { rooms } = await bobs.emit('resume', { rooms: [{ roomId: room.id, seq: cursor }] });
    runs.push({
      after: cursor,
      bobs,
      answered: rooms[0].changes.map(({ seq }: Json) => seq),
      seq: rooms[0].seq,
    });
    cursor = rooms[0].seq;
  }
  writing = false;
  const { seq: end } = await load;
  for (const { after, bobs, answered, seq } of runs) {
    await eventually(() => expect(bobs.received('receive_message').at(-1)?.seq).toBe(end));
    const live = bobs.received('receive_message').flatMap((one) => (one.seq > seq ? [one.seq] : []));
    expect([...answered, ...live]).toEqual(
      Array.from({ length: end - after }, (_, index) => after + 1 + index),
    );
  }
});

test('resume: lost rooms are `gone`; those over the limit are `unheard`, with changes', async () => {
  const rooms = [];
  for (let count = 0; count < 5; count++) rooms.push(await world.room([ada, bob]));
  const [lost] = rooms;
  if (lost) await world.removeMember(lost, bob);
  const unknown = newId();
  const adas = await world.connect(first, ada);
  for (const { id: roomId } of rooms) await adas.emit('send_message', { roomId, content: 'while away' });
  const bobs = await world.connect(second, bob);
  const asked = [...rooms.map(({ id }) => id), unknown];
  const answer = await bobs.emit('resume', { rooms: asked.map((roomId) => ({ roomId, seq: 0 })) });
  expect(answer.gone).toEqual([lost?.id, unknown]);
  expect(answer.rooms.map(({ changes }: Json) => changes.length)).toEqual([1, 1, 1, 1]);
  expect(answer.unheard).toHaveLength(1);
  for (const { id: roomId } of rooms) await adas.emit('send_message', { roomId, content: 'live' });
  const received = new Set((await waitFor(bobs, 'receive_message', 3)).map(({ roomId }) => roomId));
  expect(received).toEqual(
    new Set(rooms.map(({ id }) => id).filter((id) => id !== lost?.id && !answer.unheard.includes(id))),
  );
});

test('resume: 500 unknown rooms cost one question, and count as twenty events', async () => {
  const strict = await world.gateway({ SOCKET_EVENT_RATE: '50/m' });
  const bobs = await world.connect(strict, bob);
  const before = world.askedMembers;
  const rooms = Array.from({ length: 500 }, () => ({ roomId: newId(), seq: 0 }));
  const answers = await Promise.all(Array.from({ length: 60 }, () => bobs.ask('resume', { rooms })));
  expect(answers.filter(({ ok }: Json) => ok)).toHaveLength(2);
  expect(answers.filter(({ error }: Json) => error?.code === 'rate_limit')).toHaveLength(58);
  expect(answers[0]?.data.gone).toHaveLength(500);
  // The second resume waits for the answer to the first, and asks again, because it refuses.
  expect(world.askedMembers - before).toBeLessThanOrEqual(2);
});

test('resume: many rooms cost as many questions, scripts and subscriptions as one', async () => {
  const redis = await startRedis();
  const counting = await World.start({ redisUrl: redis.url });
  try {
    const gateway = await counting.gateway({ PRESENCE_LEASE: '10m' });
    const client = new Redis(redis.url);
    const used = async () => ({
      questions: counting.askedMembers,
      heads: counting.writer.askedHeads.length,
      ...(await callsOf(client, ['ssubscribe', 'evalsha'])),
    });
    const costOf = async (count: number) => {
      const rooms = await Promise.all(Array.from({ length: count }, () => counting.room([ada, bob])));
      const adas = await counting.connect(gateway, ada);
      const before = await used();
      const cursors = rooms.map(({ id: roomId }) => ({ roomId, seq: 0 }));
      const answer = await adas.emit('resume', { rooms: cursors });
      expect([answer.rooms.length, answer.unheard]).toEqual([count, []]);
      const after = await used();
      adas.socket.disconnect();
      return {
        questions: after.questions - before.questions,
        heads: after.heads - before.heads,
        subscriptions: after.ssubscribe - before.ssubscribe,
        scripts: after.evalsha - before.evalsha,
      };
    };
    // The first use of each script is sent as its text.
    await costOf(2);
    const [few, many] = [await costOf(5), await costOf(200)];
    for (const cost of [few, many]) expect(cost).toMatchObject({ questions: 1, heads: 0, subscriptions: 1 });
    // One for each of 16 shards, one that counts announcements, and sweeps.
    expect(many.scripts).toBeLessThan(64);
    client.disconnect();
  } finally {
    await counting.stop();
    await redis.stop();
  }
});

test('rooms joined one by one, without waiting, share few questions', async () => {
  const rooms = await Promise.all(Array.from({ length: 50 }, () => world.room([ada, bob])));
  const adas = await world.connect(first, ada);
  const before = [world.askedMembers, world.writer.askedHeads.length] as const;
  await Promise.all(rooms.map(({ id: roomId }) => adas.emit('join_room', { roomId })));
  const [members, heads] = [world.askedMembers - before[0], world.writer.askedHeads.length - before[1]];
  expect([members <= 10, heads <= 15], `${members} and ${heads} questions`).toEqual([true, true]);
});

test('resume: the work ends with its connection', async () => {
  const rooms = await Promise.all(Array.from({ length: 30 }, () => world.room([ada, bob])));
  const bobs = await world.connect(first, bob);
  const adas = await world.connect(first, ada);
  let synced = 0;
  world.writer.afterSync = async () => {
    synced += 1;
  };
  // The connection closes while the directory is asked.
  const others = (await metric(first, 'gateway_connections')) - 1;
  world.beforeStandings = async () => {
    bobs.socket.disconnect();
    await eventually(async () => expect(await metric(first, 'gateway_connections')).toBe(others));
  };
  bobs.send('resume', {
    rooms: [...rooms.map(({ id }) => id), newId(), newId()].map((roomId) => ({ roomId, seq: 0 })),
  });
  await eventually(async () => expect(await metric(first, 'gateway_connections')).toBe(others));
  await adas.emit('resume', { rooms: [] });
  expect(synced).toBe(1);
});

test('resume: too many rooms are refused with the name of the field', async () => {
  const bobs = await world.connect(first, bob);
  const rooms = Array.from({ length: 501 }, () => ({ roomId: newId(), seq: 0 }));
  const { ok, error } = await bobs.ask('resume', { rooms });
  expect([ok, error.code, error.fields[0].field]).toEqual([false, 'validation_failed', 'rooms']);
  await expect(bobs.emit('resume', {})).rejects.toMatchObject({ code: 'validation_failed' });
});
