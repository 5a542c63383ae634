import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@parley/testkit';
import { expect } from 'vitest';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { type Device, devicesOf, socketIoDevice, webSocketDevice } from './devices.ts';

/** What is promised: so long after the acknowledgement, it is over. */
export const promisedMs = 1_000;
/** So long we look on after that. */
const watchedMs = 700;
const everyMs = 20;

/** A room in which one talks on and on, and another who is about to be put out. */
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
  // The directory hears of an organization's people by events.
  const { id: roomId } = await eventually(() => talker.must('POST', '/api/v1/rooms', wanted));
  const devices = await devicesOf(victim, target.gateways);
  const talkers = await socketIoDevice('the talker', target.gateways[0], talker.token);
  for (const device of [...devices, talkers]) expect(await device.ask('join_room', { roomId })).toBe('ok');
  let said = 0;
  const timer = setInterval(() => {
    // What comes of it is for the history to say.
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

const spoken = (device: Device) => device.heard.filter(({ event }) => event === 'receive_message');

export interface Outcome {
  /** Nobody else is put out: the talker's messages go on being stored. */
  talkGoesOn: boolean;
  /** The victim's session has ended with it: connections are told why and closed. */
  sessionEnds: boolean;
}

/** From a second after `ackedAt`: nothing is delivered, nothing is taken, by any road. */
export async function expectOut(
  scene: Scene,
  ackedAt: number,
  { talkGoesOn, sessionEnds }: Outcome,
): Promise<void> {
  const { target, talker, victim, roomId, devices } = scene;
  await delay(ackedAt + promisedMs - Date.now());
  const before = talkGoesOn ? (await wholeHistory(talker, roomId)).length : 0;
  for (const device of devices) {
    expect(await device.ask('send_message', { roomId, content: 'after' }), device.name).toMatch(
      sessionEnds ? /^ended$/ : /^(room_not_found|not_authorized|blocked)$/,
    );
  }
  // One after the other, so that the balancer brings them to every replica of messages.
  for (let replica = 0; replica < 4; replica++) {
    const { status } = await victim.call('POST', `/api/v1/rooms/${roomId}/messages`, { content: 'after' });
    expect(sessionEnds ? [401] : [403, 404]).toContain(status);
  }
  await delay(ackedAt + promisedMs + watchedMs - Date.now());
  if (talkGoesOn) {
    const history = await eventually(async () => {
      const now = await wholeHistory(talker, roomId);
      expect(now.length).toBeGreaterThan(before + 10);
      return now;
    });
    expect(history.filter(({ content }) => content === 'after')).toEqual([]);
  }
  for (const { name, heard } of devices) {
    // To be told once more that one is out is no delivery.
    const late = heard.filter(
      ({ event, data, at }) =>
        at > ackedAt + promisedMs && data?.roomId === roomId && event !== 'room_removed',
    );
    expect(late, name).toEqual([]);
  }
  if (sessionEnds) await expectTold(scene, target);
}

/** Each connection was told why, and closed as documented; its token opens none any more. */
async function expectTold({ devices, victim }: Scene, { gateways }: Target): Promise<void> {
  for (const { name, heard, ended } of devices) {
    expect(heard.at(-1), name).toMatchObject({
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
