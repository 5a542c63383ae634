import { connectDatabase, type Database } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endTurn, keepTurn, takeTurn } from '../src/stores/turn.ts';
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
  const leaseOf = (ms: number) => ({ holder: newId(), ms });
  const [one, two, brief] = [leaseOf(60_000), leaseOf(60_000), leaseOf(0)];
  expect(await takeTurn(db, brief, 3_600_000)).toEqual({ mine: true, sweptAt: null });
  // The lease of `brief` has expired.
  expect(await takeTurn(db, one, 3_600_000)).toMatchObject({ mine: true });
  expect([await keepTurn(db, brief), await keepTurn(db, one)]).toEqual([false, true]);
  expect(await takeTurn(db, two, 3_600_000)).toMatchObject({ mine: false });
  await endTurn(db, two, true);
  await endTurn(db, one, false);
  expect(await takeTurn(db, two, 3_600_000)).toEqual({ mine: true, sweptAt: null });
  await endTurn(db, two, true);
  expect(await takeTurn(db, one, 3_600_000)).toEqual({ mine: false, sweptAt: expect.any(Date) });
  expect(await takeTurn(db, one, 0)).toMatchObject({ mine: true });
  await endTurn(db, one, true);
});
