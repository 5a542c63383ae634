import { createTestDatabase, eventually, roadTo } from '@parley/testkit';
import { expect, test } from 'vitest';
import { connectDatabase, migrate } from '../src/index.ts';

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
