import { StartError } from '@parley/runtime';
import {
  createTestDatabase,
  createTestRole,
  eventually,
  startTcpProxy,
  type TestDatabase,
} from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectDatabase, type Database, migrate, prepareTables, untilMigrated } from '../src/index.ts';

test('migrations wait for an unavailable database and may run concurrently', async () => {
  const database = await createTestDatabase();
  const proxy = await startTcpProxy(database.url);
  proxy.block();
  const db = connectDatabase({ url: proxy.url, schema: 'waits' });
  let applied = 0;
  const migrations = [
    {
      name: '0001-first',
      up: async () => {
        applied++;
      },
    },
  ];
  try {
    const [one, other] = [migrate(db, 'waits', migrations), migrate(db, 'waits', migrations)];
    // Proves that the database refuses connections now.
    await expect(db.raw('select 1')).rejects.toThrow();
    expect(applied).toBe(0);
    proxy.unblock();
    await Promise.all([one, other]);
    await eventually(() => expect(applied).toBe(1));
  } finally {
    await db.destroy();
    proxy.close();
    await database.drop();
  }
});

test('a release starts on a database that a newer release has migrated', async () => {
  const database = await createTestDatabase();
  const db = connectDatabase({ url: database.url, schema: 'both' });
  const adds = (name: string) => ({
    name,
    up: (trx: Database) => trx.schema.createTable(name, (table) => void table.integer('id')),
  });
  try {
    await migrate(db, 'both', [adds('0001-old'), adds('0002-new')]);
    await migrate(db, 'both', [adds('0001-old')]);
    expect(await db('0002-new').select('*')).toEqual([]);
  } finally {
    await db.destroy();
    await database.drop();
  }
});

test('a migration gives up its locks after a bounded wait, and retries completely', async () => {
  const database = await createTestDatabase();
  const db = connectDatabase({ url: database.url, schema: 'patient', statementTimeoutMs: 300 });
  const others = connectDatabase({ url: database.url, schema: 'patient' });
  const slow = {
    name: '0001-slow',
    up: (trx: Database) => trx.raw('select pg_sleep(0.5); create table busy (id int)'),
  };
  const change = {
    name: '0002-change',
    up: (trx: Database) => trx.raw('create table beside (id int); alter table busy add column name text'),
  };
  try {
    await migrate(db, 'patient', [slow]);
    const reader = await others.transaction();
    await reader('busy').select('*');
    const migrating = migrate(db, 'patient', [slow, change]);
    await eventually(async () =>
      expect(await others('pg_locks').where({ granted: false, locktype: 'relation' })).not.toEqual([]),
    );
    // Queued behind the migration, which waits for the reader.
    expect(await others('busy').select('*')).toEqual([]);
    await reader.commit();
    await migrating;
    expect(await others('busy').select('name')).toEqual([]);
  } finally {
    await db.destroy();
    await others.destroy();
    await database.drop();
  }
});

describe('a start without MIGRATE_ON_START', () => {
  const schema = 'waits';
  const steps = ['0001-first', '0002-second'].map((name) => ({ name, up: async () => undefined }));
  let database: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    database = await createTestDatabase();
    db = connectDatabase({ url: database.url, schema });
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  test('continues once another process has applied every migration', async () => {
    const order: string[] = [];
    const waiting = prepareTables(db, schema, steps, false).then(() => order.push('continued'));
    await migrate(db, schema, steps.slice(0, 1));
    await expect(untilMigrated(db, schema, steps, 0)).rejects.toThrow('0002-second');
    order.push('second');
    expect(await migrate(db, schema, steps)).toEqual(['0002-second']);
    await waiting;
    expect(order).toEqual(['second', 'continued']);
  });

  test('fails with the missing migrations and the command that applies them; creates nothing', async () => {
    const refusal = untilMigrated(db, schema, steps, 300);
    await expect(refusal).rejects.toThrow(StartError);
    await expect(refusal).rejects.toThrow(
      /0001-first, 0002-second not applied.*`node dist\/waits\.js migrate`.*MIGRATE_ON_START=true/,
    );
    expect((await db.raw('select from pg_namespace where nspname = ?', [schema])).rows).toEqual([]);
  });

  test('waits for an unavailable database', async () => {
    await migrate(db, schema, steps);
    const proxy = await startTcpProxy(database.url);
    proxy.block();
    const far = connectDatabase({ url: proxy.url, schema });
    try {
      const waiting = untilMigrated(far, schema, steps);
      await expect(far.raw('select 1')).rejects.toThrow();
      proxy.unblock();
      await waiting;
    } finally {
      await far.destroy();
      proxy.close();
    }
  });
});

test('migrating into an existing schema requires no right to create schemas', async () => {
  const database = await createTestDatabase();
  const role = await createTestRole(database);
  const admin = connectDatabase({ url: database.url, schema: 'public' });
  await admin.raw(`create schema owned authorization ${role.name}`);
  const db = connectDatabase({ url: role.url, schema: 'owned' });
  try {
    await expect(db.raw('create schema another')).rejects.toThrow('permission denied');
    expect(
      await migrate(db, 'owned', [{ name: '0001', up: (trx) => trx.raw('create table things ()') }]),
    ).toEqual(['0001']);
    expect(await migrate(db, 'owned', [{ name: '0001', up: async () => undefined }])).toEqual([]);
  } finally {
    await db.destroy();
    await admin.destroy();
    await database.drop();
    await role.drop();
  }
});
