import { ask, RabbitBus } from '@parley/bus';
import { calls, makeEvent } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import {
  createTestAuth,
  createTestDatabase,
  eventually,
  startProcess,
  type TestDatabase,
  type TestProcess,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { bootService, memoryBus } from '@parley/testkit/boot-service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createService, messagesConfig } from '../src/service.ts';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const namespace = testNamespace();
const [ada, bob] = [person('ada'), person('bob')];

const timelinePartitions = 4;
/** In this process, and in one of its own. */
let reader: MessagesHarness;
let writer: Writer;
let database: TestDatabase;
const buses: RabbitBus[] = [];

interface Writer {
  url: string;
  process: TestProcess;
}

async function connect(): Promise<RabbitBus> {
  const url = testServices().amqpUrl;
  const bus = await RabbitBus.connect({ url, namespace, logger, timelinePartitions });
  buses.push(bus);
  return bus;
}

async function startWriter(): Promise<Writer> {
  const process = await startProcess({
    entry: new URL('../src/main.ts', import.meta.url),
    env: {
      MESSAGES_ROLE: 'writer',
      PORT: '0',
      STOP_GRACE: '0ms',
      DATABASE_URL: database.url,
      AMQP_URL: testServices().amqpUrl,
      NAMESPACE: namespace,
      TIMELINE_PARTITIONS: String(timelinePartitions),
      MESSAGE_RATE: 'off',
    },
  });
  const [, url = ''] = await process.waitForLine(/"url":"([^"]+)".*"listening"/);
  return { url, process };
}

beforeAll(async () => {
  database = await createTestDatabase();
  const bus = await connect();
  await bus.consume('timeline', 'notifications', async () => undefined);
  const auth = await createTestAuth(bus);
  const env = { MESSAGES_ROLE: 'reader', SUBMIT_TIMEOUT: '60s' };
  reader = await startMessages({ bus, database, auth, env });
  writer = await startWriter();
});
afterAll(async () => {
  await Promise.all([reader?.stop(), writer?.process.stop()]);
  await Promise.all(buses.map((bus) => bus.close()));
  await database?.drop();
});

test('a reader serves all of REST; its writes are written by the writer, which serves no REST', async () => {
  const room = await reader.room([ada, bob]);
  const sent = await reader.send(ada, room, 'hello');
  const path = `/api/v1/rooms/${room.id}/messages`;
  expect((await reader.call(bob, 'PUT', `${path}/${sent.id}`, { content: 'x' })).status).toBe(403);
  expect((await reader.call(ada, 'PUT', `${path}/${sent.id}`, { content: 'better' })).status).toBe(200);
  expect((await reader.call(bob, 'GET', path)).body.messages).toMatchObject([{ content: 'better' }]);
  const statusOf = async (probe: string) => (await fetch(writer.url + probe)).status;
  expect(await statusOf(path)).toBe(404);
  expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200]);
});

test('each call reaches a process that answers it', async () => {
  const room = await reader.room([ada, bob]);
  const { id: messageId, seq } = await reader.send(ada, room, 'hello');
  const other = await connect();
  const { id: roomId } = room;
  for (let repeated = 0; repeated < 3; repeated++) {
    expect((await ask(other, calls.getHeads, { roomIds: [roomId] })).heads).toEqual([{ roomId, seq }]);
    expect((await ask(other, calls.locateMessage, { messageId })).roomId).toBe(roomId);
    const found = await ask(other, calls.getChanges, { roomId, afterSeq: seq - 1, limit: 5 });
    expect(found.changes).toMatchObject([{ seq }]);
  }
  const { userId, username } = bob;
  const left = makeEvent(
    'member.left',
    { roomId, userId, username, version: 900, reason: 'removed' },
    { id: newId(), now: Date.now() },
  );
  await ask(other, calls.revokeAccess, { events: [left] });
  expect((await reader.call(bob, 'GET', `/api/v1/rooms/${roomId}/messages`)).status).toBe(404);
});

test('without its writer, which is killed, reads continue and writes wait for the next one', async () => {
  const room = await reader.room([ada, bob]);
  await reader.send(ada, room, 'before');
  const path = `/api/v1/rooms/${room.id}/messages`;
  writer.process.kill('SIGKILL');
  await writer.process.ended();
  let answered = false;
  const waiting = reader.send(ada, room, 'while away').finally(() => {
    answered = true;
  });
  expect((await reader.call(bob, 'GET', path)).body.messages).toHaveLength(1);
  expect(answered).toBe(false);
  writer = await startWriter();
  await waiting;
  await eventually(async () => expect((await reader.call(bob, 'GET', path)).body.messages).toHaveLength(2));
});

test('one role alone does not start on a bus that reaches no other process', async () => {
  const env = { DATABASE_URL: database.url, MESSAGES_ROLE: 'reader' };
  const bus = memoryBus();
  await createTestAuth(bus);
  await expect(bootService({ config: messagesConfig, createService }, { env, bus })).rejects.toThrow(
    'MESSAGES_ROLE',
  );
  await bus.close();
});
