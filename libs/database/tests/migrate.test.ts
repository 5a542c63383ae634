import { createTestDatabase, eventually, roadTo } from '@parley/testkit';
import { expect, test } from 'vitest';
import { connectDatabase, type Database, migrate } from '../src/index.ts';

test('migrating waits for a database that is away, and any number may do it at once', async () => {
  const database = await createTestDatabase();
  const road = await roadTo(database.url);
  road.block();
  const db = connectDatabase({ url: road.url, schema: 'waits' });
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
    // Refused at least once.
    await expect(db.raw('select 1')).rejects.toThrow();
    expect(applied).toBe(0);
    road.unblock();
    await Promise.all([one, other]);
    await eventually(() => expect(applied).toBe(1));
  } finally {
    await db.destroy();
    road.close();
    await database.drop();
  }
});

test('a release starts on a database that a newer one has migrated', async () => {
  const database = await createTestDatabase();
  const db = connectDatabase({ url: database.url, schema: 'both' });
  const adds = (name: string) => ({ name, up: (trx: Database) => trx.schema.createTable(name, (table) => void table.integer('id')) });
  try {
    await migrate(db, 'both', [adds('0001-old'), adds('0002-new')]);
    await migrate(db, 'both', [adds('0001-old')]);
    expect(await db('0002-new').select('*')).toEqual([]);
  } finally {
    await db.destroy();
    await database.drop();
  }
});

test('a migration may take longer than other statements, but nobody waits behind it for long: it gives way, tries again, and leaves nothing half done', async () => {
  const database = await createTestDatabase();
  const db = connectDatabase({ url: database.url, schema: 'patient', statementTimeoutMs: 300 });
  const others = connectDatabase({ url: database.url, schema: 'patient' });
  const slow = { name: '0001-slow', up: (trx: Database) => trx.raw('select pg_sleep(0.5); create table busy (id int)') };
  const change = {
    name: '0002-change',
    up: (trx: Database) => trx.raw('create table beside (id int); alter table busy add column name text'),
  };
  try {
    await migrate(db, 'patient', [slow]);
    const reader = await others.transaction();
    await reader('busy').select('*');
    const migrating = migrate(db, 'patient', [slow, change]);
    await eventually(async () => expect(await others('pg_locks').where({ granted: false, locktype: 'relation' })).not.toEqual([]));
    // Behind the migration, which waits for the reader.
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
