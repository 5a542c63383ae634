import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { killReplica } from './kill.ts';
import { Listener } from './listener.ts';
import { overWire, Sender } from './sender.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await borrowStackTarget();
});
afterAll(() => target.stop());

const each = 40;

test('promise 3: 64 senders, replicas killed: every receiver gets every seq once and in order', async () => {
  const { url, gateways } = target;
  const people = await Promise.all(
    Array.from({ length: 64 }, (_, index) => ChatUser.register(url, `s${index}`)),
  );
  const [owner, ...others] = people as [ChatUser, ...ChatUser[]];
  const room = await owner.must('POST', '/api/v1/rooms', {
    name: 'order',
    members: others.map(({ userId }) => userId),
  });
  const groups = gateways.flatMap((gateway) =>
    (['Socket.IO', 'WebSocket'] as const).map((kind) => ({ gateway, kind })),
  );
  const placed = people.map((user, index) => ({
    user,
    ...(groups[index % groups.length] as (typeof groups)[number]),
  }));
  const receivers = placed.map(({ kind, gateway, user }) => new Listener(kind, gateway, user, room.id));
  const begins = await Promise.all(receivers.map((receiver) => receiver.start()));
  expect(new Set(begins)).toEqual(new Set([people.length]));
  const sends = placed.map(({ kind, gateway, user }) => overWire(kind, gateway, user));
  const senders = sends.map((send, index) => new Sender(people[index] as ChatUser, send));

  const acknowledged = () => senders.reduce((sum, { sent }) => sum + sent.length, 0);
  const said: Promise<void>[] = [];
  for (let number = 0; number < each; number++) {
    for (const sender of senders) said.push(sender.say(room.id, String(number)));
    if (number === each / 4) await killReplica(target, 'messages', 0);
    if (number === (each * 3) / 4) {
      await eventually(async () => expect((await target.pids()).messages).toHaveLength(2));
      await killReplica(target, 'messages', 1);
    }
    await eventually(() => expect(acknowledged()).toBeGreaterThan((number - 5) * senders.length), {
      timeoutMs: 30_000,
      intervalMs: 5,
    });
  }
  await Promise.all(said);

  const total = senders.length * each;
  const all = Array.from({ length: total }, (_, index) => people.length + 1 + index);
  const history = await wholeHistory(owner, room.id);
  expect(history.map(({ seq }) => seq)).toEqual(all);
  for (const receiver of receivers) {
    await eventually(() => expect(receiver.last, receiver.name).toBe(all.at(-1)));
    expect(receiver.received).toEqual(all);
    expect(receiver.losses).toBe(0);
  }
  // No send failed, so no sender repeated one. Therefore the order of sending is kept.
  expect(new Set(senders.flatMap(({ tries }) => tries.map(({ code }) => code)))).toEqual(new Set(['ok']));
  for (const { user } of senders) {
    const own = history.filter(({ userId }) => userId === user.userId).map(({ content }) => Number(content));
    expect(own).toEqual(Array.from({ length: each }, (_, number) => number));
  }
  for (const receiver of receivers) receiver.close();
  await Promise.all(sends.map((send) => send.close()));
});
