import { publishEvent, RabbitBus } from '@parley/bus';
import { type EventOf, type EventType, makeEvent } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { startRedis } from '@parley/servers';
import {
  createTestDatabase,
  eventually,
  queryOnce,
  startProcess,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

const logger = createLogger({ service: 'test', level: 'silent' });
const entry = new URL('../../../services/messages/src/main.ts', import.meta.url);

test('promise 1: a writer killed between the commit and the publication: the next publishes', async () => {
  const [namespace, { amqpUrl }] = [testNamespace(), testServices()];
  const database = await createTestDatabase();
  const redis = await startRedis();
  const bus = await RabbitBus.connect({ url: amqpUrl, namespace, logger });
  const gateway = new Redis(redis.url, { maxRetriesPerRequest: null });
  gateway.on('error', () => undefined);
  const ada = { userId: newId(), username: 'ada' };
  const room = { id: newId(), kind: 'group', name: 'a room', isPrivate: true, organizationId: null } as const;
  const member = { roomId: room.id, ...ada, role: 'owner', canSend: true, version: 1 } as const;
  const publish = (event: EventOf<EventType>) => publishEvent(bus, event);
  const at = () => ({ id: newId(), now: Date.now() });
  const start = async () => {
    const env = { PORT: '0', NAMESPACE: namespace, DATABASE_URL: database.url, AMQP_URL: amqpUrl };
    const more = { REDIS_URL: redis.url, TIMELINE_PARTITIONS: '2' };
    const writer = await startProcess({ entry, env: { ...env, ...more } });
    await writer.waitForLine(/listening/);
    return writer;
  };
  const send = (content: string) => {
    const text = { op: 'send', content, clientId: null, replyTo: null, isEncrypted: false } as const;
    const items = [{ ref: 1, id: newId(), roomId: room.id, by: ada, ...text }];
    const partition = bus.partitionOf('submissions', room.id);
    return bus.publish(
      'submissions',
      partition,
      makeEvent('timeline.submitted', { origin: null, items }, at()),
    );
  };
  const isStored = async (content: string) => {
    const rows = `select 1 from messages.timeline where content = '${content}'`;
    expect(await queryOnce(database.url, rows)).toHaveLength(1);
  };

  // All that gateways learn: over the room's channel, or over the broker.
  let learned = '';
  gateway.on('smessage', (_channel: string, text: string) => {
    learned += text;
  });
  await gateway.ssubscribe(`${namespace}#/#room:${room.id}#`);
  await bus.listen('backplane', (event) => {
    learned += JSON.stringify(event);
  });
  const writers = [await start()];
  try {
    await publish(makeEvent('room.created', { room, members: [member] }, at()));
    // The writer knows the room; there is no directory here that it could ask.
    await eventually(() => expect(learned).toContain('member.joined'));
    await send('the first');
    await eventually(() => expect(learned).toContain('the first'));
    learned = '';
    redis.kill('SIGSTOP');
    await send('the second');
    await eventually(() => isStored('the second'));
    writers[0]?.kill('SIGKILL');
    await writers[0]?.exited;
    // The frozen server takes with it all that the writer has sent.
    redis.kill('SIGKILL');
    await redis.exited;
    await redis.restart();
    await eventually(() => expect(gateway.status).toBe('ready'));
    writers.push(await start());
    await eventually(() => expect(learned).toMatch(/the second|"seq":2\b/));
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
    gateway.disconnect();
    await bus.close();
    await redis.stop();
    await database.drop();
  }
});
