import { createClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killReplica } from '../promises/kill.ts';
import { overRest, Sender, startLoad } from '../promises/sender.ts';
import { ChatUser } from './chat-user.ts';
import { ResumingClient } from './resuming-client.ts';
import { borrowStackTarget, type StackTarget, startStackTarget } from './start-targets.ts';

const manners = [['polling'], ['polling'], ['polling'], undefined, undefined, undefined, ['websocket']];
const messagesPerSecond = 20;

describe.each([
  {
    affinity: 'without affinity: each request goes to the next gateway',
    start: () => startStackTarget({}, ['--no-affinity', '--messages', '1']),
  },
  { affinity: 'with affinity', start: borrowStackTarget },
])('two gateways behind a load balancer $affinity', ({ start }) => {
  let target: StackTarget;
  beforeAll(async () => {
    target = await start();
  }, 110_000);
  afterAll(() => target?.stop());

  test('polling and upgrading clients and the SDK lose nothing while each gateway is killed', async () => {
    const writer = await ChatUser.register(target.url, 'writer');
    const people = await Promise.all(
      manners.map((_, index) => ChatUser.register(target.url, `reader${index}`)),
    );
    const room = await writer.must('POST', '/api/v1/rooms', {
      name: 'busy',
      members: people.map(({ userId }) => userId),
    });
    const clients = people.map((user, index) => {
      return new ResumingClient(user, { url: target.url, roomId: room.id, transports: manners[index] });
    });
    const sdk = createClient({ url: target.url });
    await sdk.login({ username: writer.username, password: writer.password });
    const live = sdk.connect();
    const receivedBySdk: number[] = [];
    live.on('message', ({ seq }) => receivedBySdk.push(seq));
    await live.join(room.id, { since: 0 });
    const allPresent = () =>
      eventually(() => expect(clients.filter((client) => !client.isPresent)).toEqual([]), {
        timeoutMs: 40_000,
      });
    await allPresent();
    // Default options upgrade, on whichever gateway the upgrade reaches.
    const expected = manners.map((transports) => transports?.[0] ?? 'websocket');
    await eventually(() => expect(clients.map(({ transport }) => transport)).toEqual(expected));

    const sender = new Sender(writer, overRest(writer));
    const load = startLoad([sender], room.id, messagesPerSecond);
    for (const index of [0, 1]) {
      const before = sender.sent.length;
      const { gateway: [...pids] = [] } = await target.pids();
      await killReplica(target, 'gateway', index);
      await eventually(
        async () => {
          const { gateway = [] } = await target.pids();
          expect(gateway).toHaveLength(2);
          expect(gateway[index]).not.toBe(pids[index]);
        },
        { timeoutMs: 30_000 },
      );
      await allPresent();
      await eventually(() => expect(sender.sent.length).toBeGreaterThan(before + messagesPerSecond), {
        timeoutMs: 30_000,
      });
    }
    await load.stop();
    expect(sender.failures).toEqual([]);

    const sent = sender.sent.map(({ seq }) => seq).sort((a, b) => a - b);
    const listeners = [{ name: 'SDK', received: receivedBySdk }, ...clients];
    for (const { name, received } of listeners) {
      await eventually(() => expect([name, received.at(-1)]).toEqual([name, sent.at(-1)]), {
        timeoutMs: 30_000,
      });
      expect([name, received]).toEqual([name, sent]);
    }
    // Each client is hit by one of the kills on average, so there are many reconnects in total.
    expect(clients.reduce((sum, { joins }) => sum + joins, 0)).toBeGreaterThan(clients.length * 1.5);
    await eventually(() => expect(clients.map(({ transport }) => transport)).toEqual(expected));
    live.close();
    for (const { socket } of clients) socket.disconnect();
  }, 180_000);
});
