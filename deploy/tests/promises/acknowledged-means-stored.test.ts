import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowStackWithServers, type StackTarget } from '../whole-stack/start-targets.ts';
import { killReplica, replaceServer } from './kill.ts';
import { Listener } from './listener.ts';
import { overRest, overWire, Sender, startLoad } from './sender.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await borrowStackWithServers();
});
afterAll(() => target.stop());

/** Between two faults: long enough for effects of the first to show. */
const calmMs = 2_000;

test('promise 1: acknowledged messages survive any kill -9: stored and received once, in order', async () => {
  const { url, gateways } = target;
  const people = await Promise.all(
    Array.from({ length: 12 }, (_, index) => ChatUser.register(url, `one${index}`)),
  );
  const [owner, ...others] = people as [ChatUser, ...ChatUser[]];
  const room = await owner.must('POST', '/api/v1/rooms', {
    name: 'faults',
    members: others.map(({ userId }) => userId),
  });
  const kinds = ['Socket.IO', 'WebSocket'] as const;
  const wires = gateways.flatMap((gateway, index) =>
    kinds.map((kind, other) => ({ kind, gateway, user: people[index * 2 + other] as ChatUser })),
  );
  const sends = wires.map(({ kind, gateway, user }) => ({ user, send: overWire(kind, gateway, user) }));
  const senders = [
    ...sends.map(({ user, send }) => new Sender(user, send)),
    ...people.slice(4, 8).map((user) => new Sender(user, overRest(user))),
  ];
  const listenersAt = (gateway: string, from: number) =>
    kinds.map((kind, index) => new Listener(kind, gateway, people[from + index] as ChatUser, room.id));
  const undisturbed = listenersAt(gateways[0], 8);
  const orphaned = listenersAt(gateways[1], 10);
  const listeners = [...undisturbed, ...orphaned];
  const begins = await Promise.all(listeners.map((listener) => listener.start()));

  const load = startLoad(senders, room.id, 50);
  const faults = [
    () => killReplica(target, 'messages', 0),
    () => killReplica(target, 'gateway', 1),
    () => replaceServer(target, 'postgres'),
    // Wait until everyone is on both gateways again, to test delivery between them while Redis is
    // down.
    () => {
      // Names only: printing a listener with its socket takes seconds.
      const away = () => listeners.flatMap(({ listening, name }) => (listening ? [] : [name]));
      return eventually(() => expect(away()).toEqual([]));
    },
    () => replaceServer(target, 'redis'),
    () => killReplica(target, 'messages', 1),
    () => replaceServer(target, 'rabbitmq'),
  ];
  for (const fault of faults) {
    await pause(calmMs);
    await fault();
  }
  await pause(calmMs);
  await load.stop();

  expect(senders.flatMap(({ failures }) => failures)).toEqual([]);
  const history = await wholeHistory(owner, room.id);
  const said = senders.flatMap(({ sent }) => sent);
  const byClientId = new Map(history.map((message) => [message.clientId, message]));
  expect(history).toHaveLength(said.length);
  expect(
    said.filter(({ id, seq, clientId, content, senderId }) => {
      const stored = byClientId.get(clientId);
      return (
        stored?.id !== id || stored.seq !== seq || stored.content !== content || stored.userId !== senderId
      );
    }),
  ).toEqual([]);
  const first = people.length + 1;
  const all = history.map((_, index) => first + index);
  expect(history.map(({ seq }) => seq)).toEqual(all);

  for (const [index, listener] of listeners.entries()) {
    const begin = begins[index] as number;
    await eventually(() => expect(listener.last, listener.name).toBe(all.at(-1)));
    const expected = all.filter((seq) => seq > begin);
    if (undisturbed.includes(listener))
      expect({ received: listener.received, losses: listener.losses }).toEqual({
        received: expected,
        losses: 0,
      });
    else {
      expect(listener.losses).toBeGreaterThan(0);
      // Messages between the join and its answer are in both; clients deduplicate by number.
      expect([...new Set([...listener.received, ...listener.fetched])].sort((a, b) => a - b)).toEqual(
        expected,
      );
    }
    listener.close();
  }
  await Promise.all(sends.map(({ send }) => send.close()));
}, 150_000);
