import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowStackWithServers, type StackTarget } from '../whole-stack/start-targets.ts';
import { killPart } from './kill.ts';
import { expectOut, type Scene, setScene } from './victims.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await borrowStackWithServers();
});
afterAll(() => target?.stop());

const frozenMs = 5_000;
const removed = { talkGoesOn: true, sessionEnds: false };
const revoked = { talkGoesOn: true, sessionEnds: true };

async function removeAndLogOut(out: Scene, gone: Scene): Promise<void> {
  await out.talker.must('DELETE', `/api/v1/rooms/${out.roomId}/members/${out.victim.userId}`);
  await gone.victim.must('POST', '/api/v1/auth/logout');
}

/** On a busy machine, the balancer may take a service for dead that is slow to say it is ready. */
const removeOnceReachable = ({ talker, victim }: Scene, from: string) =>
  eventually(() => talker.must('DELETE', `${from}/members/${victim.userId}`));

/** Waits until all services reach each other over the bus again. */
async function everybodyIsBack({ talker, roomId }: Scene): Promise<void> {
  const newcomer = await ChatUser.register(target.url, 'newcomer');
  await eventually(
    async () => {
      for (const gateway of target.gateways) expect((await fetch(`${gateway}/readyz`)).status).toBe(200);
      await talker.must('GET', `/conversations/${roomId}`);
      const { users } = await talker.must('GET', `/api/v1/users?search=${newcomer.username}`);
      expect(users).toHaveLength(1);
    },
    { timeoutMs: 40_000, intervalMs: 50 },
  );
}

test('promise 5: a gateway frozen during a removal enforces it within a second of its return', async () => {
  const [out, gone] = [await setScene(target, 'room'), await setScene(target, 'room')];
  try {
    const [, frozen] = (await target.pids()).gateway ?? [];
    if (frozen === undefined) throw new Error('there is no second gateway');
    process.kill(frozen, 'SIGSTOP');
    try {
      await removeAndLogOut(out, gone);
      await pause(frozenMs);
    } finally {
      process.kill(frozen, 'SIGCONT');
    }
    const backAt = Date.now();
    await Promise.all([expectOut(out, backAt, removed), expectOut(gone, backAt, revoked)]);
  } finally {
    out.stop();
    gone.stop();
  }
});

test('promise 5: a removal during a broker outage takes effect within a second of its return', async () => {
  const [out, gone] = [await setScene(target, 'room'), await setScene(target, 'room')];
  try {
    await killPart(target, 'rabbitmq');
    await eventually(async () => expect((await fetch(`${target.gateways[1]}/readyz`)).status).toBe(503));
    await removeAndLogOut(out, gone);
    await everybodyIsBack(out);
    const backAt = Date.now();
    await Promise.all([expectOut(out, backAt, removed), expectOut(gone, backAt, revoked)]);
  } finally {
    out.stop();
    gone.stop();
  }
});

test('promise 5: acknowledged removals reach other services after an outage and kills', async () => {
  const [room, organization] = [
    await setScene(target, 'room'),
    await setScene(target, 'room of an organization'),
  ];
  try {
    await killPart(target, 'rabbitmq');
    await eventually(async () => expect((await fetch(`${target.gateways[0]}/readyz`)).status).toBe(503));
    // No other service can be informed now: the events are only in the tables of the two services,
    // which are dead.
    await removeOnceReachable(room, `/api/v1/rooms/${room.roomId}`);
    await killPart(target, 'directory');
    await removeOnceReachable(organization, '/api/v1/organizations/mine');
    await killPart(target, 'auth');

    // Directory's event creates the timeline row in messages; auth's event removes the other victim
    // in directory. Their connections' temporary leaves are announced as well.
    const left = ({ talkers, victim }: typeof room) =>
      talkers.received.filter(
        ({ event, data }) =>
          event === 'user_left' && data.userId === victim.userId && data.type === 'permanent',
      );
    await eventually(() => expect(left(room)).toHaveLength(1), { timeoutMs: 60_000 });
    await eventually(
      async () => {
        const { members } = await organization.talker.must(
          'GET',
          `/api/v1/rooms/${organization.roomId}/members`,
        );
        expect(members.map(({ userId }: Json) => userId)).toEqual([organization.talker.userId]);
      },
      { timeoutMs: 60_000 },
    );
    await eventually(() => expect(left(organization)).toHaveLength(1));
  } finally {
    room.stop();
    organization.stop();
  }
});
