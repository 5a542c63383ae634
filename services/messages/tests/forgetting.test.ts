import type { Membership, RoomState } from '@parley/contracts';
import { connectDatabase, type Database, type Transaction } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendRows } from '../src/stores/append.ts';
import { forgetFormerMembers } from '../src/stores/forgetting.ts';
import type { NewEntry } from '../src/stores/new-entry.ts';
import { saveMembers } from '../src/stores/rooms.ts';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

const dayMs = 86_400_000;
let database: TestDatabase;
let db: Database;
let messages: MessagesHarness;
const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];

beforeAll(async () => {
  database = await createTestDatabase();
  messages = await start();
  db = connectDatabase({ url: database.url, schema: 'messages' });
});
afterAll(async () => {
  await messages.stop();
  await db.destroy();
  await database.drop();
});

async function start(clock?: () => number): Promise<MessagesHarness> {
  const started = await startMessages({ database, ...(clock && { clock }) });
  await started.bus.consume('timeline', 'notifications', async () => undefined);
  await started.bus.consume('directory', 'notifications', async () => undefined);
  return started;
}

/** Runs a later replica until `check` holds. */
async function daysLater(days: number, check: () => Promise<void>): Promise<void> {
  const later = await start(() => Date.now() + days * dayMs);
  try {
    await eventually(check);
  } finally {
    await later.stop();
  }
}

const members = (room: RoomState): Promise<string[]> =>
  db('members').where({ room_id: room.id }).orderBy('version').pluck('username');

describe('after a while, the database forgets', () => {
  test('the reactions and positions of a deleted room, in steps; not those of others', async () => {
    const [closed, open] = [await messages.room([ada, bob]), await messages.room([ada, bob])];
    for (const room of [closed, open]) {
      const { id } = await messages.send(ada, room, 'vote');
      const path = `/api/v1/rooms/${room.id}`;
      await messages.call(bob, 'POST', `${path}/messages/${id}/reactions`, { reaction: '👍' });
      await messages.call(bob, 'POST', `${path}/messages/read`, { messageId: id });
      await db.raw(
        `insert into reactions (room_id, message_id, user_id, reaction, active, submission_id, reacted_at)
         select :roomId, :id, gen_random_uuid(), '🎉', true, gen_random_uuid(), now()
           from generate_series(1, 2500)`,
        { roomId: room.id, id },
      );
    }
    await messages.close(closed);
    const counts = async (room: RoomState) => [
      (await db('reactions').where({ room_id: room.id }).count())[0]?.count,
      (await db('read_positions').where({ room_id: room.id }).count())[0]?.count,
      (await db('rooms').where({ id: room.id }).first('forgotten'))?.forgotten,
    ];
    expect(await counts(closed)).toEqual([2501, 1, false]);
    await daysLater(2, async () => expect(await counts(closed)).toEqual([0, 0, true]));
    expect(await counts(open)).toEqual([2501, 1, false]);
  });

  test('former members after 30 days, except those of direct rooms', async () => {
    const room = await messages.room([ada, bob, eve]);
    const direct = await messages.room([ada, bob], { kind: 'direct' });
    await messages.leave(room, bob);
    await messages.leave(direct, bob);
    await daysLater(2, async () => expect(await members(room)).toEqual(['ada', 'eve', 'bob']));
    await daysLater(31, async () => expect(await members(room)).toEqual(['ada', 'eve']));
    expect(await members(direct)).toEqual(['ada', 'bob']);
  });
});

describe('a forgotten departure', () => {
  const joined = (room: RoomState, who: Person, version: number): Membership & { active: boolean } => ({
    ...messages.membership(room, who, { version }),
    active: true,
  });
  async function forget(room: RoomState, who: Person): Promise<number> {
    await messages.leave(room, who);
    const { version } = await db('members').where({ room_id: room.id, user_id: who.userId }).first();
    const before = new Date(Date.now() + dayMs);
    await db.transaction((trx) => forgetFormerMembers(trx, { before, limit: 1_000 }));
    expect(await members(room)).not.toContain(who.username);
    return version;
  }

  test('is not undone by an event that is older, and the member may return', async () => {
    const room = await messages.room([ada, bob, eve]);
    const version = await forget(room, bob);
    await saveMembers(db, [joined(room, bob, version - 1)]);
    expect(await members(room)).toEqual(['ada', 'eve']);
    const path = `/api/v1/rooms/${room.id}/messages`;
    expect((await messages.call(bob, 'GET', path)).status).toBeGreaterThanOrEqual(403);
    await messages.join(room, bob);
    expect(await members(room)).toEqual(['ada', 'eve', 'bob']);
    await messages.send(bob, room, 'back');
  });

  test('keeps no other member out: older events change them, and the directory admits them', async () => {
    const room = await messages.room([ada, bob, eve]);
    const version = await forget(room, bob);
    await saveMembers(db, [{ ...joined(room, eve, version - 1), username: 'renamed' }]);
    expect(await members(room)).toEqual(['ada', 'renamed']);
    const late = person('late');
    messages.admit(room, messages.membership(room, late, { version: version - 1 }));
    await messages.send(late, room, 'hello');
    expect(await members(room)).toContain('late');
  });
});

/** PostgreSQL counts the writes of a connection, and publishes them later. */
async function ownConnection(work: (trx: Transaction) => Promise<void>): Promise<void> {
  const own = connectDatabase({ url: database.url, schema: 'messages', pool: 1 });
  await own.transaction(work).finally(() => own.destroy());
}

describe('a batch', () => {
  const entry = (roomId: string): NewEntry => ({
    ...{ roomId, id: newId(), kind: 'message', senderId: ada.userId, senderName: 'ada', clientKey: null },
    ...{ content: 'hello', replyTo: null, isEncrypted: false, reason: null },
    ...{ mentions: null, allowed: true, additional: null },
  });
  test('updates the rows of its rooms without writing to an index', async () => {
    const rooms = Array.from({ length: 1_000 }, () => newId());
    await db.raw(`insert into rooms (id, kind, is_private) select unnest(:rooms::uuid[]), 'group', true`, {
      rooms,
    });
    await db.raw(
      `insert into members (room_id, user_id, username, role, can_send, active, version)
       select unnest(:rooms::uuid[]), :userId, 'ada', 'owner', true, true, 1`,
      { rooms, userId: ada.userId },
    );
    const batches = 50;
    await ownConnection(async (trx) => {
      for (let batch = 0; batch < batches; batch++)
        await appendRows(trx, [entry(rooms[batch * 20] ?? '')], new Date());
      const updated = await trx('pg_stat_xact_user_tables')
        .whereRaw("schemaname = current_schema() and relname = 'rooms'")
        .first('n_tup_upd as all', 'n_tup_hot_upd as hot');
      expect(updated).toEqual({ all: batches, hot: batches });
    });
  });
});
