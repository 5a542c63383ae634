import { connectDatabase, type Database } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TurnStore } from '../src/stores/turn-store.ts';
import { type MessagesHarness, startMessages } from './messages-harness.ts';

let database: TestDatabase;
let messages: MessagesHarness;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  messages = await startMessages({ database });
  db = connectDatabase({ url: database.url, schema: 'messages' });
});
afterAll(async () => {
  await db?.destroy();
  await messages?.stop();
  await database?.drop();
});

test('one replica at a time sweeps, until its turn or lease ends; no other before one is due', async () => {
  const [one, two, brief] = [
    new TurnStore(newId(), 60_000),
    new TurnStore(newId(), 60_000),
    new TurnStore(newId(), 0),
  ];
  expect(await brief.take(db, 3_600_000)).toEqual({ mine: true, sweptAt: null });
  // The lease of `brief` has expired.
  expect(await one.take(db, 3_600_000)).toMatchObject({ mine: true });
  expect([await brief.keep(db), await one.keep(db)]).toEqual([false, true]);
  expect(await two.take(db, 3_600_000)).toMatchObject({ mine: false });
  await two.end(db, true);
  await one.end(db, false);
  expect(await two.take(db, 3_600_000)).toEqual({ mine: true, sweptAt: null });
  await two.end(db, true);
  expect(await one.take(db, 3_600_000)).toEqual({ mine: false, sweptAt: expect.any(Date) });
  expect(await one.take(db, 0)).toMatchObject({ mine: true });
  await one.end(db, true);
});
