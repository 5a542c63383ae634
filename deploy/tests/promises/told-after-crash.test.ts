import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { killPart } from './kill-part.ts';
import { setScene } from './victims.ts';

let target: StackTarget;
beforeAll(async () => {
  target = await startStackTarget();
});
afterAll(() => target?.stop());

test('promise 5: what auth and directory acknowledged is told to the others, though the broker was away and they were killed right after', async () => {
  const [room, organization] = [await setScene(target, 'room'), await setScene(target, 'room of an organization')];
  try {
    await killPart(target, 'rabbitmq');
    await eventually(async () => expect((await fetch(`${target.gateways[0]}/readyz`)).status).toBe(503));
    // Nobody can be told now: what is to be told is in the tables of the two alone, and they themselves are gone.
    await room.talker.must('DELETE', `/api/v1/rooms/${room.roomId}/members/${room.victim.userId}`);
    await killPart(target, 'directory');
    await organization.talker.must('DELETE', `/api/v1/organizations/mine/members/${organization.victim.userId}`);
    await killPart(target, 'auth');

    // Messages has heard of the one from directory, by the event that makes the timeline's row; directory of the other from auth.
    // That their connections have left the room for a while is told, too.
    const left = ({ talkers, victim }: typeof room) =>
      talkers.heard.filter(({ event, data }) => event === 'user_left' && data.userId === victim.userId && data.type === 'permanent');
    await eventually(() => expect(left(room)).toHaveLength(1), { timeoutMs: 60_000 });
    await eventually(
      async () => {
        const { members } = await organization.talker.must('GET', `/api/v1/rooms/${organization.roomId}/members`);
        expect(members.map(({ userId }: Json) => userId)).toEqual([organization.talker.userId]);
      },
      { timeoutMs: 60_000 },
    );
    await eventually(() => expect(left(organization)).toHaveLength(1));
  } finally {
    room.stop();
    organization.stop();
  }
}, 150_000);
