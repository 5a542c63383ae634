import { randomUUID } from 'node:crypto';
import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { expect } from 'vitest';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { type Device, devicesOf, socketIoDevice, webSocketDevice } from './devices.ts';

/** Promised maximum time after the acknowledgement. */
export const promisedMs = 1_000;
/** Observation time after that. */
const watchedMs = 700;
const everyMs = 50;

/** A room in which one person keeps talking, and another is about to be removed. */
export interface Scene {
  target: Target;
  talker: ChatUser;
  victim: ChatUser;
  roomId: string;
  talkers: Device;
  devices: Device[];
  stop(): void;
}

export type Place = 'room' | 'direct room' | 'room of an organization';

export async function setScene(target: Target, place: Place): Promise<Scene> {
  let [talker, victim] = await Promise.all([
    ChatUser.register(target.url, 'talker'),
    ChatUser.register(target.url, 'victim'),
  ]);
  if (place === 'room of an organization') {
    await talker.must('POST', '/api/v1/organizations', { name: `Org ${randomUUID()}` });
    const { token: invite } = await talker.must('POST', '/api/v1/organizations/mine/invites', {
      role: 'user',
    });
    await victim.must('POST', '/api/v1/organizations/join', { invite });
    [talker, victim] = await Promise.all([talker.login(target.url), victim.login(target.url)]);
  }
  const wanted =
    place === 'direct room'
      ? { kind: 'direct', userId: victim.userId }
      : { name: 'a room', members: [victim.userId] };
  // The directory learns about an organization's people from events.
  const { id: roomId } = await eventually(() => talker.must('POST', '/api/v1/rooms', wanted));
  const devices = await devicesOf(victim, target.gateways);
  const talkers = await socketIoDevice('the talker', target.gateways[0], talker.token);
  for (const device of [...devices, talkers]) expect(await device.ask('join_room', { roomId })).toBe('ok');
  let said = 0;
  const timer = setInterval(() => {
    // The history shows the result.
    talkers.ask('send_message', { roomId, content: `${++said}` }).catch(() => undefined);
  }, everyMs);
  for (const device of devices) {
    await eventually(() => expect(spoken(device).length).toBeGreaterThan(5));
    expect(await device.ask('send_message', { roomId, content: `from ${device.name}` })).toBe('ok');
  }
  const stop = () => {
    clearInterval(timer);
    for (const device of [...devices, talkers]) device.close();
  };
  return { target, talker, victim, roomId, talkers, devices, stop };
}

const spoken = (device: Device) => device.received.filter(({ event }) => event === 'receive_message');

export interface Outcome {
  /** Nobody else is removed: the talker's messages are still stored. */
  talkGoesOn: boolean;
  /** The victim's session ends as well: connections get the reason and are closed. */
  sessionEnds: boolean;
}

/** From a second after `ackedAt`, nothing is delivered or accepted on any connection. */
export async function expectOut(
  scene: Scene,
  ackedAt: number,
  { talkGoesOn, sessionEnds }: Outcome,
): Promise<void> {
  const { target, talker, victim, roomId, devices } = scene;
  await pause(ackedAt + promisedMs - Date.now());
  const before = talkGoesOn ? (await wholeHistory(talker, roomId)).length : 0;
  for (const device of devices) {
    expect(await device.ask('send_message', { roomId, content: 'after' }), device.name).toMatch(
      sessionEnds ? /^ended$/ : /^(room_not_found|not_authorized|blocked)$/,
    );
  }
  // Sequential, so that the balancer sends them to every replica of messages.
  for (let replica = 0; replica < 4; replica++) {
    const { status } = await victim.call('POST', `/api/v1/rooms/${roomId}/messages`, { content: 'after' });
    expect(sessionEnds ? [401] : [403, 404]).toContain(status);
  }
  await pause(ackedAt + promisedMs + watchedMs - Date.now());
  if (talkGoesOn) {
    const history = await eventually(async () => {
      const now = await wholeHistory(talker, roomId);
      expect(now.length).toBeGreaterThan(before + 10);
      return now;
    });
    expect(history.filter(({ content }) => content === 'after')).toEqual([]);
  }
  for (const { name, received } of devices) {
    // A repeated notice of the removal is no delivery.
    const late = received.filter(
      ({ event, data, at }) =>
        at > ackedAt + promisedMs && data?.roomId === roomId && event !== 'room_removed',
    );
    expect(late, name).toEqual([]);
  }
  if (sessionEnds) await expectNotified(scene, target);
}

/** Each connection got the reason and was closed as documented; its token opens no other. */
async function expectNotified({ devices, victim }: Scene, { gateways }: Target): Promise<void> {
  for (const { name, received, ended } of devices) {
    expect(received.at(-1), name).toMatchObject({
      event: 'error',
      data: { code: 'session_revoked', retryable: false },
    });
    expect(ended, name).toBe(name.startsWith('WebSocket') ? 4001 : 'io server disconnect');
  }
  for (const gateway of gateways) {
    await expect(socketIoDevice('again', gateway, victim.token)).rejects.toMatchObject({
      code: 'session_revoked',
    });
    await expect(webSocketDevice('again', gateway, victim.token)).rejects.toThrow('401');
  }
}
