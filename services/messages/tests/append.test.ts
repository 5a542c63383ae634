import { connectDatabase, type Database, migrate } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, type TestDatabase } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { appendRows } from '../src/stores/append.ts';
import type { Appended, NewEntry } from '../src/stores/new-entry.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase({ url: database.url, schema: 'messages' });
  await migrate(db, 'messages', migrations);
});
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
});

const members = Array.from({ length: 3 }, () => newId());
const stranger = newId();
const senders = [...members, stranger];

async function createRoom(): Promise<string> {
  const id = newId();
  await db('rooms').insert({ id, kind: 'group', is_private: true });
  await db('members').insert(
    members.map((userId) => ({
      ...{ room_id: id, user_id: userId, username: 'ada', role: 'member', version: 1 },
      ...{ can_send: true, active: true },
    })),
  );
  return id;
}

/** Few messages and keys, so that many are repeated, some with other content. */
interface Sent {
  sender: number;
  /** Of the sender's messages without a key. */
  message: number;
  key: number | null;
  /** Delivered again, instead of sent again by the client. */
  isRedelivered: boolean;
  content: number;
  /** A message of an earlier call, or one that does not exist. */
  replyTo: number | null;
  kind: 'message' | 'left';
  allowed: boolean;
}

const few = (max: number) => fc.integer({ min: 0, max });
const sent: fc.Arbitrary<Sent> = fc.record({
  sender: few(3),
  message: few(3),
  key: fc.option(few(3), { freq: 3 }),
  isRedelivered: fc.boolean(),
  content: few(1),
  replyTo: fc.option(few(11), { freq: 4 }),
  kind: fc.constantFrom('message', 'message', 'message', 'left'),
  allowed: fc.constantFrom(true, true, true, false),
});
const nameOf = ({ sender, message, key, kind }: Sent) =>
  `${sender} ${key === null ? `without ${message}` : `${kind} ${key}`}`;
/** A call contains no name twice. */
const batch = fc.uniqueArray(sent, { minLength: 1, maxLength: 8, selector: nameOf });

/** A room, and its outcomes in terms that are equal for another room that is sent the same. */
async function startRoom() {
  const roomId = await createRoom();
  const ids: string[] = [];
  const stored: string[] = [];
  const first = new Map<string, string>();
  const idOf = (one: Sent): string => {
    const known = first.get(nameOf(one));
    if (known !== undefined && (one.key === null || one.isRedelivered)) return known;
    const id = newId();
    ids.push(id);
    first.set(nameOf(one), known ?? id);
    return id;
  };
  const entryOf = (one: Sent): NewEntry => ({
    ...{ roomId, id: idOf(one), kind: one.kind, senderId: senders[one.sender] ?? '', senderName: 'ada' },
    ...{ clientKey: one.key === null ? null : `${one.kind} ${one.key}`, content: `content ${one.content}` },
    ...{ replyTo: one.replyTo === null ? null : (stored[one.replyTo] ?? newId()), isEncrypted: false },
    ...{ reason: null, mentions: null, allowed: one.allowed, additional: null },
  });
  const outcomeOf = (appended: Appended) =>
    'row' in appended ? [appended.outcome, appended.row.seq, ids.indexOf(appended.row.id)] : appended.outcome;
  return {
    async append(batch: readonly Sent[], expectNew: boolean) {
      const appended = await appendRows(db, batch.map(entryOf), new Date(), { expectNew });
      stored.push(...appended.flatMap((one) => (one.outcome === 'stored' ? one.row.id : [])));
      return appended.map(outcomeOf);
    },
    async seqs(): Promise<number[]> {
      const rows: { seq: number }[] = await db('timeline').where({ room_id: roomId }).orderBy('seq');
      return rows.map(({ seq }) => seq);
    },
  };
}

test('what is expected to be new is stored or refused exactly as everything else', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 6 }), async (batches) => {
      const [one, other] = [await startRoom(), await startRoom()];
      for (const sends of batches) {
        const outcomes = await one.append(sends, true);
        expect(outcomes, JSON.stringify(sends)).toEqual(await other.append(sends, false));
        for (const outcome of outcomes) met.add(typeof outcome === 'string' ? outcome : String(outcome[0]));
      }
      const seqs = await one.seqs();
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
      expect(await other.seqs()).toEqual(seqs);
    }),
    { numRuns: 60, seed: 1 },
  );
  expect([...met].sort()).toEqual([
    'conflict',
    'no_such_reply',
    'not_admitted',
    'over_rate',
    'repeated',
    'stored',
  ]);
});
