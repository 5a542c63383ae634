import { MemoryBus, RabbitBus } from '@parley/bus';
import { makeEvent, retiredEvents } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId } from '@parley/runtime';
import { createTestDatabase, eventually, startTcpProxy, testNamespace, testServices } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase, type Database, migrate, Outbox, outboxMigration } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const url = await createTestDatabase();
let db: Database;

beforeAll(async () => {
  db = connectDatabase({ url: url.url, schema: 'shop' });
  await migrate(db, 'shop', [outboxMigration]);
});
afterAll(async () => {
  await db.destroy();
  await url.drop();
});

const profileErased = (userId = newId()) =>
  makeEvent('profile.erased', { userId }, { id: newId(), now: Date.now() });

async function collecting(): Promise<{ bus: MemoryBus; seen: string[] }> {
  const bus = new MemoryBus({ logger });
  const seen: string[] = [];
  await bus.consume('directory', 'messages', async (events) => void seen.push(...events.map(({ id }) => id)));
  await bus.consume('directory', 'notifications', async () => undefined);
  return { bus, seen };
}

test('events of a committed transaction are published in order, those of a failed one never', async () => {
  const { bus, seen } = await collecting();
  const outbox = new Outbox({ db, bus, logger });
  const userId = newId();
  const events = [profileErased(userId), profileErased(userId), profileErased(userId)];
  await outbox.transact(async (_trx, add) => events.forEach(add));
  const failed = outbox.transact(async (_trx, add) => {
    add(profileErased(userId));
    throw new AppError('conflict');
  });
  await expect(failed).rejects.toThrow(AppError);
  await outbox.drain();
  expect(seen).toEqual(events.map(({ id }) => id));
  expect(await db('outbox')).toEqual([]);
  await outbox.stop();
});

test('a replica publishes the events that a killed replica left behind', async () => {
  const { bus, seen } = await collecting();
  const event = profileErased();
  await db('outbox').insert({ event: JSON.stringify(event) });
  const outbox = new Outbox({ db, bus, logger, pollMs: 20 });
  outbox.start();
  await eventually(() => expect(seen).toEqual([event.id]));
  await outbox.stop();
});

test('a stored event of a retired type is deleted and does not hold up the later ones', async () => {
  const { bus, seen } = await collecting();
  const event = profileErased();
  const retired = retiredEvents.map((type) => ({ ...profileErased(), type }));
  await db('outbox').insert([...retired, event].map((event) => ({ event: JSON.stringify(event) })));
  const outbox = new Outbox({ db, bus, logger });
  await outbox.drain();
  expect(seen).toEqual([event.id]);
  expect(await db('outbox')).toEqual([]);
  await outbox.stop();
});

test('events stored during a broker outage are published when it ends, not at the next poll', async () => {
  const proxy = await startTcpProxy(testServices().amqpUrl);
  const namespace = testNamespace();
  const [near, far] = await Promise.all(
    [proxy.url, testServices().amqpUrl].map((url) =>
      RabbitBus.connect({ url, namespace, logger, publishTimeoutMs: 200 }),
    ),
  );
  if (!near || !far) throw new Error('no bus');
  const outbox = new Outbox({ db, bus: near, logger, pollMs: 600_000 });
  try {
    const seen: string[] = [];
    await far.consume(
      'directory',
      'messages',
      async (events) => void seen.push(...events.map(({ id }) => id)),
    );
    outbox.start();
    proxy.block();
    await eventually(() => expect(near.connected).toBe(false));
    const event = profileErased();
    await outbox.transact(async (_trx, add) => add(event));
    await outbox.drain();
    expect(await db('outbox')).toHaveLength(1);
    proxy.unblock();
    await eventually(() => expect(near.connected).toBe(true));
    await eventually(() => expect(seen).toEqual([event.id]), { timeoutMs: 1_000 });
  } finally {
    await outbox.stop();
    await Promise.all([near.close(), far.close()]);
    proxy.close();
  }
});

test('two concurrent replicas publish every event, in order per key', async () => {
  const { bus, seen } = await collecting();
  const replicas = [new Outbox({ db, bus, logger }), new Outbox({ db, bus, logger })];
  const userId = newId();
  const events = Array.from({ length: 60 }, () => profileErased(userId));
  for (const [index, event] of events.entries())
    await replicas[index % 2]?.transact(async (_trx, add) => add(event));
  await Promise.all(replicas.map((outbox) => outbox.drain()));
  await eventually(() => expect(seen).toEqual(events.map(({ id }) => id)));
  await Promise.all(replicas.map((outbox) => outbox.stop()));
});

test('several replicas may migrate at once', async () => {
  const applied: string[] = [];
  const migrations = ['0001-a', '0002-b'].map((name) => ({
    name,
    up: async (trx: Database) => {
      applied.push(name);
      await trx.raw('create table ?? (id int)', [name]);
    },
  }));
  const replicas = [1, 2, 3, 4].map(() => connectDatabase({ url: url.url, schema: 'replicas' }));
  await Promise.all(replicas.map((replica) => migrate(replica, 'replicas', migrations)));
  expect(applied).toEqual(['0001-a', '0002-b']);
  await migrate(db, 'replicas', migrations);
  await Promise.all(replicas.map((replica) => replica.destroy()));
});
