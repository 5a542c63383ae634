import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowStackWithServers, presence, type StackTarget } from '../whole-stack/start-targets.ts';
import { killReplica, replaceServer } from './kill.ts';
import { openWire, type Wire } from './wire.ts';

const { leaseMs, graceMs } = presence;
/** Leases are checked every second, and a status needs time to arrive. */
const noticedMs = 2_500;

let target: StackTarget;
let room: Json;
let ada: ChatUser;
let bob: ChatUser;
let watcher: ChatUser;
const open: Wire[] = [];
/**
 * Everything that the watcher on the first gateway receives about anyone: in order, with the time.
 */
const statuses: { userId: string; status: string; at: number }[] = [];
beforeAll(async () => {
  target = await borrowStackWithServers();
  [watcher, ada, bob] = await Promise.all(
    ['watcher', 'ada', 'bob'].map((name) => ChatUser.register(target.url, name)) as [
      Promise<ChatUser>,
      Promise<ChatUser>,
      Promise<ChatUser>,
    ],
  );
  room = await watcher.must('POST', '/api/v1/rooms', { name: 'presence', members: [ada.userId, bob.userId] });
  const wire = await openWire('Socket.IO', target.gateways[0], watcher);
  wire.onEvent((event, { userId, status }) => {
    if (event === 'user_status') statuses.push({ userId, status, at: performance.now() });
  });
  await wire.ask('join_room', { roomId: room.id });
  watching = wire;
});
let watching: Wire;
afterEach(async () => {
  for (const wire of open.splice(0)) wire.close();
  for (const user of [ada, bob]) await eventually(async () => expect(await isOnline(user)).toBe(false));
  await eventually(() =>
    expect([ada, bob].map((user) => of(user).at(-1) ?? 'offline')).toEqual(['offline', 'offline']),
  );
  statuses.length = 0;
});
afterAll(async () => {
  watching.close();
  await target.stop();
});

const of = (user: ChatUser) =>
  statuses.filter(({ userId }) => userId === user.userId).map(({ status }) => status);
const sees = (user: ChatUser, statuses: string[]) => eventually(() => expect(of(user)).toEqual(statuses));
const isOnline = async (user: ChatUser) => {
  const { users } = await watching.ask('get_room_users', { roomId: room.id });
  return users.find(({ userId }: Json) => userId === user.userId).isOnline;
};
const come = async (user: ChatUser, gateway: number, kind: 'Socket.IO' | 'WebSocket' = 'Socket.IO') => {
  const wire = await openWire(kind, target.gateways[gateway] as string, user);
  open.push(wire);
  return wire;
};
/**
 * Another person connects and disconnects; after that, leases have been checked for longer than any
 * grace.
 */
const aWhile = async () => {
  const before = of(bob).length;
  (await come(bob, 1)).close();
  await eventually(() => expect(of(bob).slice(before)).toEqual(['online', 'offline']));
};

describe('promise 7: presence is honest', () => {
  test('promise 7: a reload on either gateway and either kind of socket is invisible to others', async () => {
    let page = await come(ada, 0);
    await sees(ada, ['online']);
    for (const [gateway, kind] of [
      [1, 'Socket.IO'],
      [0, 'WebSocket'],
      [1, 'WebSocket'],
      [0, 'Socket.IO'],
    ] as const) {
      page.close();
      page = await come(ada, gateway, kind);
      await aWhile();
      expect(of(ada)).toEqual(['online']);
      expect(await isOnline(ada)).toBe(true);
    }
  });

  test('promise 7: with several devices, a user goes offline a grace after the last has gone', async () => {
    const devices = [await come(ada, 0), await come(ada, 1, 'WebSocket'), await come(ada, 1)];
    await sees(ada, ['online']);
    for (const device of devices.slice(1)) {
      device.close();
      await aWhile();
      expect(of(ada)).toEqual(['online']);
    }
    const leftAt = performance.now();
    devices[0]?.close();
    await sees(ada, ['online', 'offline']);
    expect((statuses.at(-1)?.at ?? 0) - leftAt).toBeGreaterThan(graceMs - 50);
    expect(await isOnline(ada)).toBe(false);
  });

  test('promise 7: users of a killed gateway go offline with their lease unless they return', async () => {
    await come(ada, 1);
    await come(bob, 1);
    await sees(ada, ['online']);
    await sees(bob, ['online']);
    const killedAt = performance.now();
    await killReplica(target, 'gateway', 1);
    await come(bob, 0);
    await sees(ada, ['online', 'offline']);
    const afterMs = (statuses.find(({ status }) => status === 'offline')?.at ?? 0) - killedAt;
    // The last renewal was up to a third of the lease before the kill.
    expect(afterMs).toBeGreaterThan((leaseMs * 2) / 3 - 100);
    expect(afterMs).toBeLessThan(leaseMs + noticedMs);
    expect(of(bob)).toEqual(['online']);
    expect([await isOnline(ada), await isOnline(bob)]).toEqual([false, true]);
    await eventually(async () => expect((await target.pids()).gateway).toHaveLength(2));
    await eventually(async () => (await come(ada, 1)).close());
  });

  test('promise 7: when Redis restarts empty, only absent users go offline', async () => {
    const leaving = await come(ada, 1);
    await come(bob, 1, 'WebSocket');
    await sees(ada, ['online']);
    await sees(bob, ['online']);
    const killed = replaceServer(target, 'redis');
    leaving.close();
    await killed;
    await sees(ada, ['online', 'offline']);
    // By now every old lease has expired; the remaining ones were restored.
    await eventually(async () => expect([await isOnline(ada), await isOnline(bob)]).toEqual([false, true]));
    expect(of(bob)).toEqual(['online']);
    const later = performance.now() + leaseMs + noticedMs;
    await eventually(() => expect(performance.now()).toBeGreaterThan(later));
    expect(of(bob)).toEqual(['online']);
    expect(await isOnline(bob)).toBe(true);
  });
});
