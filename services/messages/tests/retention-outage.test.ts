import { RabbitBus } from '@parley/bus';
import { connectDatabase, type Database } from '@parley/database';
import { createLogger } from '@parley/runtime';
import { type ServerProcess, startPostgres, startRabbit } from '@parley/servers';
import { createTestAuth, eventually, temporaryFolder, testNamespace } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

/** Enough messages for four rounds. */
const many = 90;
const ada = person('ada');

let broker: ServerProcess;
let postgres: ServerProcess;
let bus: RabbitBus;
let db: Database;
let messages: MessagesHarness;
beforeAll(async () => {
  [broker, postgres] = await Promise.all([
    startRabbit({ dir: temporaryFolder() }),
    startPostgres({ dataDir: temporaryFolder(), binaries: 'system', fast: true }),
  ]);
  const logger = createLogger({ service: 'test', level: 'silent' });
  bus = await RabbitBus.connect({ url: broker.url, namespace: testNamespace(), logger, heartbeatSeconds: 1 });
  db = connectDatabase({ url: postgres.url, schema: 'messages' });
  messages = await startMessages({
    bus,
    database: { url: postgres.url, drop: async () => undefined },
    auth: await createTestAuth(bus),
    env: { MESSAGE_RETENTION: '1m', SUBMIT_TIMEOUT: '2s' },
  });
});
afterAll(async () => {
  await messages?.stop();
  await db?.destroy();
  await bus?.close();
  await Promise.all([broker?.stop(), postgres?.stop()]);
});

test.each([
  ['RabbitMQ', () => broker],
  ['PostgreSQL', () => postgres],
])(
  'a sweep interrupted by a crash of %s completes after its restart and expires each message once',
  async (_, server) => {
    const room = await messages.room([ada]);
    for (let n = 0; n < many; n++) await messages.send(ada, room, `said ${n}`);
    await db('timeline')
      .where({ room_id: room.id })
      .update({ created_at: db.raw("created_at - interval '1 hour'") });
    const expired = async () => (await db('rooms').where({ id: room.id }).first('expired_seq')).expired_seq;
    await eventually(async () => expect(await expired()).toBeGreaterThan(0));
    server().kill('SIGKILL');
    await server().restart();
    const left = () => db('timeline').where({ room_id: room.id, kind: 'message' }).whereNot({ content: '' });
    await eventually(async () => expect(await left()).toEqual([]), { timeoutMs: 60_000 });
    const changed = await db('timeline')
      .where({ room_id: room.id, kind: 'message' })
      .orderBy('seq')
      .pluck('changed_seq');
    expect(changed).toEqual(Array.from({ length: many }, (_, index) => many + 2 + index));
    expect((await eventually(() => messages.send(ada, room, 'next'))).seq).toBe(2 * many + 2);
  },
  90_000,
);
