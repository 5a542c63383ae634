import { roomShares } from '@parley/contracts';
import { connectDatabase, migrate } from '@parley/database';
import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import { migrations } from '../migrations/index.ts';
import { databaseId } from '../src/stores/shares.ts';

/** A second database, which has every other share of the rooms. */
export async function createSecondDatabase(home: TestDatabase): Promise<TestDatabase> {
  const second = await createTestDatabase();
  const [first, other] = [home, second].map(({ url }) =>
    connectDatabase({ url, schema: 'messages', pool: 3 }),
  ) as [ReturnType<typeof connectDatabase>, ReturnType<typeof connectDatabase>];
  await Promise.all([first, other].map((db) => migrate(db, 'messages', migrations)));
  const database = await databaseId(other);
  const odd = Array.from({ length: roomShares / 2 }, (_, index) => 2 * index + 1);
  await first('shares').insert(odd.map((share) => ({ share, database })));
  await Promise.all([first, other].map((db) => db.destroy()));
  return second;
}
