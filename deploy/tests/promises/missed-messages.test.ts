import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { killReplica } from './kill.ts';

/** POLL_TIMEOUT, or the lease of a killed gateway and the next check of leases. */
const detectedWithin = { timeoutMs: 40_000, intervalMs: 250 };

async function setUp(url: string) {
  const [ada, bob] = [await ChatUser.register(url, 'ada'), await ChatUser.register(url, 'bob')];
  const { id } = await ada.must('POST', '/api/v1/rooms', {
    kind: 'group',
    name: 'plans',
    members: [bob.userId],
  });
  const rows = async (): Promise<Json[]> =>
    (await bob.must('GET', '/api/v1/notifications/unread')).notifications
      .filter(({ type }: Json) => type === 'message')
      .map(({ content, metadata }: Json) => [content.replace(/^.*: /, ''), metadata.count]);
  const say = (content: string) => ada.must('POST', `/api/v1/rooms/${id}/messages`, { content });
  return { bob, roomId: id as string, rows, say };
}

/** A polling client in a room, which then vanishes without a word. */
async function pollOnce(gateway: string, user: ChatUser, roomId: string): Promise<void> {
  const path = `${gateway}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(path)).text()).slice(1));
  const url = `${path}&sid=${sid}`;
  const exchange = async (packet: string, answer: string) => {
    await fetch(url, { method: 'POST', body: packet });
    let answers = '';
    while (!answers.includes(answer)) answers += await (await fetch(url)).text();
  };
  await exchange(`40${JSON.stringify({ token: user.token })}`, '40{"sid"');
  await exchange(`421${JSON.stringify(['join_room', { roomId }])}`, '431[{"ok":true');
}

onBothTargets('messages to a dead connection', (target) => {
  test('are notified once its death is detected', async () => {
    const { bob, roomId, rows, say } = await setUp(target().url);
    await pollOnce(target().gateways[1] ?? '', bob, roomId);
    await say('one');
    await say('two');
    await eventually(async () => expect(await rows()).toEqual([['two', 2]]), detectedWithin);
  }, 60_000);
});

describe('messages to the connections of a killed gateway', () => {
  let target: StackTarget;
  beforeAll(async () => {
    target = await borrowStackTarget();
  });
  afterAll(() => target?.stop());

  test('are notified once its leases end', async () => {
    const { bob, roomId, rows, say } = await setUp(target.url);
    await pollOnce(target.gateways[1] ?? '', bob, roomId);
    await killReplica(target, 'gateway', 1);
    await say('one');
    await say('two');
    await eventually(async () => expect(await rows()).toEqual([['two', 2]]), detectedWithin);
  }, 60_000);
});
