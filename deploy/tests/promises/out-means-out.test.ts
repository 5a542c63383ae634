import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser, type Json, request } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { socketIoDevice } from './devices.ts';
import { expectOut, type Outcome, type Place, promisedMs, type Scene, setScene } from './victims.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await borrowStackTarget();
});
afterAll(() => target?.stop());

/** Another login of the victim, which ends the watched one. */
const elsewhere = (victim: ChatUser) => victim.login(target.url);

interface Case extends Outcome {
  place: Place;
  act(scene: Scene): Promise<unknown>;
}

const ofOthers = { place: 'room', talkGoesOn: true, sessionEnds: false } as const;
const ofSessions = { place: 'room', talkGoesOn: true, sessionEnds: true } as const;

const cases: Record<string, Case> = {
  'they left the room': {
    ...ofOthers,
    act: ({ victim, roomId }) => victim.must('POST', `/api/v1/rooms/${roomId}/leave`),
  },
  'they were removed from the room': {
    ...ofOthers,
    act: ({ talker, victim, roomId }) =>
      talker.must('DELETE', `/api/v1/rooms/${roomId}/members/${victim.userId}`),
  },
  'they were banned from the room': {
    ...ofOthers,
    act: ({ talker, victim, roomId }) =>
      talker.must('POST', `/api/v1/rooms/${roomId}/bans`, { userId: victim.userId, reason: 'spam' }),
  },
  'they were removed as a participant': {
    ...ofOthers,
    act: ({ talker, victim, roomId }) =>
      talker.must('POST', `/conversations/${roomId}/participants/${victim.userId}/remove`),
  },
  'the room was deleted': {
    ...ofOthers,
    talkGoesOn: false,
    act: ({ talker, roomId }) => talker.must('DELETE', `/api/v1/rooms/${roomId}`),
  },
  'they were blocked': {
    ...ofOthers,
    place: 'direct room',
    talkGoesOn: false,
    act: ({ talker, victim }) => talker.must('PUT', `/api/v1/blocks/${victim.userId}`),
  },
  'they logged out': { ...ofSessions, act: ({ victim }) => victim.must('POST', '/api/v1/auth/logout') },
  'their session was ended from elsewhere': {
    ...ofSessions,
    act: async ({ victim }) => {
      const other = await elsewhere(victim);
      const { sessions } = await other.must('GET', '/api/v1/auth/sessions');
      const { id } = sessions.find(({ current }: Json) => !current);
      await other.must('DELETE', `/api/v1/auth/sessions/${id}`);
    },
  },
  'all their other sessions were ended': {
    ...ofSessions,
    act: async ({ victim }) => {
      const other = await elsewhere(victim);
      await other.must('DELETE', '/api/v1/auth/sessions');
    },
  },
  'their password was changed elsewhere': {
    ...ofSessions,
    act: async ({ victim }) => {
      const other = await elsewhere(victim);
      const passwords = { currentPassword: victim.password, newPassword: 'another battery' };
      await other.must('POST', '/api/v1/auth/password', passwords);
    },
  },
  'a refresh token was used after its successor': {
    ...ofSessions,
    act: async ({ victim }) => {
      const refresh = (refreshToken: string) =>
        request(target.url, 'POST', '/api/v1/auth/refresh', { refreshToken });
      const { body: next } = await refresh(victim.refreshToken);
      expect((await refresh(next.refreshToken)).status).toBe(200);
      expect((await refresh(victim.refreshToken)).status).toBe(401);
    },
  },
  'they were removed from the organization': {
    ...ofSessions,
    place: 'room of an organization',
    act: ({ talker, victim }) => talker.must('DELETE', `/api/v1/organizations/mine/members/${victim.userId}`),
  },
  'they left the organization': {
    ...ofSessions,
    place: 'room of an organization',
    act: ({ victim }) => victim.must('POST', '/api/v1/organizations/mine/leave'),
  },
};

describe.concurrent('promise 5: a removal holds on every replica a second after its acknowledgement', () => {
  test.each(Object.entries(cases))(
    'promise 5: nothing is delivered to or accepted from a user after %s',
    async (_title, { place, act, ...outcome }) => {
      const scene = await setScene(target, place);
      try {
        await act(scene);
        await expectOut(scene, Date.now(), outcome);
      } finally {
        scene.stop();
      }
    },
    40_000,
  );

  test('promise 5: a revoked key of a bot is out on every gateway, live and by REST', async () => {
    const owner = await ChatUser.register(target.url, 'owner');
    const { bot, key, apiKey } = await owner.must('POST', '/api/v1/bots', { owner: 'me' });
    const exchange = () => request(target.url, 'POST', '/api/v1/auth/key-token', { key });
    const { accessToken } = (await exchange()).body;
    const devices = await Promise.all(
      target.gateways.map((gateway) => socketIoDevice('a bot', gateway, accessToken)),
    );
    const { directory, messages } = target.replicas;
    const statuses = () =>
      Promise.all([
        ...directory.map((replica) => request(replica, 'GET', '/api/v1/rooms', undefined, accessToken)),
        ...messages.map((replica) => request(replica, 'GET', '/api/v1/unread', undefined, accessToken)),
      ]).then((answers) => [...new Set(answers.map(({ status }) => status))]);
    try {
      expect(await statuses()).toEqual([200]);
      await owner.must('DELETE', `/api/v1/bots/${bot.id}/keys/${apiKey.id}`);
      const ackedAt = Date.now();
      expect((await exchange()).status).toBe(401);
      await pause(ackedAt + promisedMs - Date.now());
      expect(await statuses()).toEqual([401]);
      for (const device of devices) expect(await device.ask('join_rooms', {})).toBe('ended');
    } finally {
      for (const device of devices) device.close();
    }
  });

  test('promise 5: blocking prevents new direct rooms, and stops presence and typing', async () => {
    const scene = await setScene(target, 'direct room');
    const { talker, victim, talkers, devices, roomId } = scene;
    try {
      await talker.must('PUT', `/api/v1/blocks/${victim.userId}`);
      const ackedAt = Date.now();
      await pause(promisedMs);
      for (const device of devices) {
        expect(await device.ask('typing', { roomId, isTyping: true })).toBe('blocked');
        expect(await device.ask('send_message', { receiver_id: talker.userId, content: 'another way' })).toBe(
          'blocked',
        );
      }
      expect(await talkers.ask('typing', { roomId, isTyping: true })).toBe('blocked');
      const made = await victim.call('POST', '/api/v1/rooms', { kind: 'direct', userId: talker.userId });
      expect([made.status, made.body.code]).toEqual([403, 'blocked']);
      for (const device of devices) device.close();
      // The talker still receives the presence of this third person, who leaves last. Once it has
      // arrived, the victim's would have, too.
      const friend = await ChatUser.register(target.url, 'friend');
      await talker.must('PUT', `/api/v1/contacts/${friend.userId}`);
      const friends = await socketIoDevice('a friend', target.gateways[1], friend.token);
      const statuses = () =>
        talkers.received
          .filter(({ event }) => event === 'user_status')
          .map(({ data }) => `${data.userId} ${data.status}`);
      await eventually(() => expect(statuses()).toContain(`${friend.userId} online`));
      friends.close();
      await eventually(() => expect(statuses()).toContain(`${friend.userId} offline`));
      expect(
        talkers.received.filter(({ at, data }) => at > ackedAt && data?.userId === victim.userId),
      ).toEqual([]);
    } finally {
      scene.stop();
    }
  });
});
