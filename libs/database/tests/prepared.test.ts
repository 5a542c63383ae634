import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  connectDatabase,
  type Database,
  isUniqueViolation,
  prepared,
  type Transaction,
} from '../src/index.ts';

const add = prepared<{ id: number }>('add', 'insert into things values ($1, $2) returning id');
const find = prepared<{ id: number; name: string }>('find', 'select * from things where id = $1');

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase({ url: database.url, schema: 'public', pool: 2 });
  await db.raw('create table things (id bigint primary key, name text not null)');
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('a statement runs within the transaction it is given, and nowhere after its end', async () => {
  let ended: Transaction | undefined;
  const failed = db.transaction(async (trx) => {
    ended = trx;
    expect(await add(trx, 1, 'one')).toEqual([{ id: 1 }]);
    expect(await find(trx, 1)).toEqual([{ id: 1, name: 'one' }]);
    expect(await find(db, 1)).toEqual([]);
    throw new Error('undone');
  });
  await expect(failed).rejects.toThrow('undone');
  expect(await find(db, 1)).toEqual([]);
  await expect(add(ended as Transaction, 1, 'one')).rejects.toThrow('ended');
  expect(await find(db, 1)).toEqual([]);
});

test('an error names the statement and its cause, but no values, and frees its connection', async () => {
  await add(db, 2, 'two');
  for (let attempt = 0; attempt < 5; attempt++) {
    const error: Error = await add(db, 2, 'a secret').catch((reason) => reason);
    expect(error.message).toMatch(/^add-\d+: duplicate key/);
    expect(error.message).not.toContain('secret');
    expect(isUniqueViolation(error, 'things_pkey')).toBe(true);
  }
  expect(await find(db, 2)).toEqual([{ id: 2, name: 'two' }]);
});

test('each connection prepares the statement a few times, however often it runs', async () => {
  const count = prepared<{ count: number }>('count', 'select count(*) from things where id > $1');
  const prepares = prepared<{ name: string }>('names', 'select name from pg_prepared_statements');
  const used = await db.transaction(async (trx) => {
    for (let run = 0; run < 200; run++) await count(trx, run);
    return prepares(trx);
  });
  expect(used.filter(({ name }) => name.startsWith('count'))).toHaveLength(2);
});
