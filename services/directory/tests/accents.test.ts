import { connectDatabase, migrate } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase } from '@parley/testkit';
import { expect, it } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { fillTerms } from '../src/stores/search-terms.ts';

it('people who registered before accents were folded are found without them', async () => {
  const database = await createTestDatabase();
  const db = connectDatabase({ url: database.url, schema: 'directory', pool: 2 });
  try {
    const folding = migrations.findIndex(({ name }) => name === '0004-accents');
    await migrate(db, 'directory', migrations.slice(0, folding));
    const id = newId();
    const now = new Date();
    const profile = { id, username: 'Émile', sort_key: 'émile', name: '', created_at: now, updated_at: now };
    await db('profiles').insert(profile);
    await db('search_terms').insert({ user_id: id, term: 'émile', is_username: true });
    await migrate(db, 'directory', migrations);
    await fillTerms(db);
    expect(await db('search_terms').select('user_id', 'term', 'is_username')).toEqual([
      { user_id: id, term: 'emile', is_username: true },
    ]);
  } finally {
    await db.destroy();
    await database.drop();
  }
});
