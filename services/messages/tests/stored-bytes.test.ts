import { connectDatabase, type Database, migrate } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { appendRows } from '../src/stores/append.ts';
import type { NewEntry } from '../src/stores/new-entry.ts';

// The figures of deploy/operations.md ("Bytes per message") come from here.

const people = Array.from({ length: 10 }, () => newId());
const rooms = Array.from({ length: 500 }, () => newId());
const batches = 60;
const messagesPerBatch = 250;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase({ url: database.url, schema: 'messages' });
  await migrate(db, 'messages', migrations);
  await db('rooms').insert(rooms.map((id) => ({ id, kind: 'group', is_private: true })));
  await db.raw(
    `insert into members (room_id, user_id, username, role, can_send, active, version)
     select room, person, 'somebody', 'member', true, true, 1
       from unnest(:rooms::uuid[]) room, unnest(:people::uuid[]) person`,
    { rooms, people },
  );
});
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
});
beforeEach(async () => {
  await db.raw('truncate timeline');
  await db('rooms').update({ seq: 0 });
});

/** A message of 40 characters, with or without a client's key. */
function message(at: number, hasKey: boolean): NewEntry {
  return {
    roomId: rooms[(at * 7919) % rooms.length] ?? '',
    id: newId(),
    kind: 'message',
    senderId: people[(at * 104_729) % people.length] ?? '',
    senderName: 'somebody',
    clientKey: hasKey ? newId() : null,
    content: 'a short message, forty characters of it.',
    replyTo: null,
    isEncrypted: false,
    reason: null,
    mentions: null,
    additional: null,
    allowed: true,
  };
}

/** Appends messages as the writer does. Returns the bytes that each takes, by table and index. */
async function bytesPerMessage(hasKey: boolean): Promise<Record<string, number>> {
  for (let batch = 0; batch < batches; batch++) {
    const entries = Array.from({ length: messagesPerBatch }, (_, index) =>
      message(batch * messagesPerBatch + index, hasKey),
    );
    await appendRows(db, entries, new Date());
  }
  const { rows } = await db.raw<{ rows: { name: string; bytes: number }[] }>(
    `select regexp_replace(c.relname, '_[0-9]', '') as name,
            (sum(pg_relation_size(c.oid)) / :count)::int as bytes
       from pg_partition_tree('timeline') t
       join pg_class c on c.oid = t.relid
         or c.oid in (select indexrelid from pg_index i where i.indrelid = t.relid)
      where t.isleaf group by 1`,
    { count: batches * messagesPerBatch },
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}
const sum = (bytes: Record<string, number>) => Object.values(bytes).reduce((total, one) => total + one, 0);

describe('a message of 40 characters', () => {
  test('takes at most 400 bytes without a client key, which no index contains', async () => {
    const bytes = await bytesPerMessage(false);
    // An empty page.
    expect(bytes.timeline_by_key).toBeLessThan(6);
    expect(sum(bytes)).toBeLessThan(400);
  });

  test('takes at most 560 bytes with a client key', async () => {
    const bytes = await bytesPerMessage(true);
    expect(sum(bytes)).toBeLessThan(560);
  });
});
