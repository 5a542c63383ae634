import { connectDatabase, type Database, isUniqueViolation, migrate } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compactTimelineMigration } from '../migrations/0010-compact-timeline.ts';
import { migrations } from '../migrations/index.ts';
import { appendRows } from '../src/stores/append.ts';
import type { NewEntry } from '../src/stores/new-entry.ts';

const [roomId, senderId, otherId] = [newId(), newId(), newId()];
let database: TestDatabase;
let db: Database;

/** Messages of the release before, which stored the id of one without a key in the key's place. */
const storedBefore = { keyless: newId(), keyed: newId() };

beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase({ url: database.url, schema: 'messages' });
  const at = migrations.indexOf(compactTimelineMigration);
  await migrate(db, 'messages', migrations.slice(0, at));
  await db('rooms').insert({ id: roomId, kind: 'group', is_private: true });
  await db('members').insert(
    [senderId, otherId].map((userId) => ({
      ...{ room_id: roomId, user_id: userId, username: 'ada', role: 'member', version: 1 },
      ...{ can_send: true, active: true },
    })),
  );
  await insertAsBefore(storedBefore.keyless, storedBefore.keyless);
  await insertAsBefore(storedBefore.keyed, 'a-key');
  await migrate(db, 'messages', migrations);
});
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
});

/** As the release before inserts a row. */
async function insertAsBefore(id: string, key: string): Promise<void> {
  await db.raw(
    `with counted as (update rooms set seq = seq + 1 where id = :roomId returning seq)
     insert into timeline (room_id, id, kind, sender_id, sender_name, client_key, content, seq, changed_seq,
                           fingerprint, created_at)
     select :roomId, :id, 'message', :senderId, 'ada', :key, 'hello', seq, seq,
            case when :key <> :id::text then md5(concat_ws('|', null, false, 'hello'))::uuid end, now()
       from counted`,
    { roomId, senderId, id, key },
  );
}

/** As the release before looks for a row that a repeated submission has stored. */
async function findAsBefore(key: string): Promise<string | undefined> {
  const row = await db('timeline')
    .where({ room_id: roomId, sender_id: senderId, client_key: key })
    .first('id');
  return row?.id;
}

const entry = (id: string, clientKey: string | null): NewEntry => ({
  ...{ roomId, id, kind: 'message', senderId, senderName: 'ada', clientKey, content: 'hello' },
  ...{ replyTo: null, isEncrypted: false, reason: null },
  ...{ mentions: null, allowed: true, additional: null },
});
async function append(id: string, clientKey: string | null) {
  const [appended] = await appendRows(db, [entry(id, clientKey)], new Date());
  return appended?.outcome === 'stored' || appended?.outcome === 'repeated'
    ? [appended.outcome, appended.row.id, appended.row.clientKey]
    : [appended?.outcome];
}

test('a repeated submission is the same row, whichever release stored it', async () => {
  const { keyless, keyed } = storedBefore;
  expect(await append(keyless, null)).toEqual(['repeated', keyless, null]);
  expect(await append(newId(), 'a-key')).toEqual(['repeated', keyed, 'a-key']);
  const id = newId();
  expect(await append(id, null)).toEqual(['stored', id, null]);
  expect(await append(id, null)).toEqual(['repeated', id, null]);
});

test('the release before finds its rows and all keys by an index, and stores no id twice', async () => {
  const [keyless, own, keyed] = [newId(), newId(), newId()];
  await append(keyless, null);
  await append(keyed, 'another-key');
  await insertAsBefore(own, own);
  expect(await findAsBefore(own)).toBe(own);
  expect(await findAsBefore('another-key')).toBe(keyed);
  await expect(insertAsBefore(newId(), 'another-key')).rejects.toSatisfy(isUniqueViolation);
  await expect(insertAsBefore(keyless, keyless)).rejects.toSatisfy(isUniqueViolation);
  const plan = await db.transaction(async (trx) => {
    await trx.raw('set local enable_seqscan = off');
    const { rows } = await trx.raw<{ rows: { 'QUERY PLAN': string }[] }>(
      `explain select * from timeline
        where room_id = '${roomId}' and sender_id = '${senderId}' and client_key = 'another-key'`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toMatch(/timeline_\d_by_key/);
});
