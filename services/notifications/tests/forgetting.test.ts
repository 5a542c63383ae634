import { connectDatabase, type Database, type Transaction } from '@parley/database';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetClosedRooms, forgetDeletedRows, forgetFormerMembers } from '../src/stores/forgetting.ts';
import { savePublishedSeqs } from '../src/stores/rooms.ts';
import { person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
let db: Database;
beforeAll(async () => {
  service = await startNotifications();
  db = connectDatabase({ url: service.databaseUrl, schema: 'notifications' });
});
afterAll(async () => {
  await db.destroy();
  await service.stop();
});

const limit = 1_000;
const tomorrow = () => ({ before: new Date(Date.now() + 86_400_000), limit });
const yesterday = () => ({ before: new Date(Date.now() - 86_400_000), limit });
const cast = async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  return { ann, bob, room: await service.room([ann, bob]) };
};
const membersOf = ({ room }: TestRoom) => db('members').where({ room_id: room.id }).orderBy('version');

describe('the database forgets', () => {
  it('deleted rows after a while, and keeps the others', async () => {
    const { ann, bob, room } = await cast();
    await service.send(room, ann, 'one');
    const other = await service.room([ann, bob]);
    await service.send(other, ann, 'two');
    await service.publish('member.left', { roomId: room.room.id, ...bob, version: 9, reason: 'left' });
    const rows = () => db('notifications').where({ user_id: bob.userId });
    await db.transaction((trx) => forgetDeletedRows(trx, yesterday()));
    expect(await rows()).toHaveLength(2);
    expect(await db.transaction((trx) => forgetDeletedRows(trx, tomorrow()))).toBe(false);
    expect(await rows()).toHaveLength(1);
    expect((await service.inbox(bob)).notifications).toHaveLength(1);
  });

  it('former members after a while: an older event does not admit them, a later one does', async () => {
    const { bob, room } = await cast();
    const { room: state } = room;
    const join = (version: number) =>
      service.publish('member.joined', {
        ...{ roomId: state.id, room: state, membership: service.membership(room, bob, version) },
        addedBy: null,
      });
    await service.publish('member.left', { roomId: state.id, ...bob, version: 9, reason: 'removed' });
    await db.transaction((trx) => forgetFormerMembers(trx, yesterday()));
    expect(await membersOf(room)).toHaveLength(2);
    await db.transaction((trx) => forgetFormerMembers(trx, tomorrow()));
    expect(await membersOf(room)).toHaveLength(1);
    await join(8);
    expect(await membersOf(room)).toHaveLength(1);
    await join(10);
    expect(await membersOf(room)).toHaveLength(2);
  });

  it('the members of a deleted room, and no others', async () => {
    const { ann, room } = await cast();
    const open = (await cast()).room;
    await service.publish('room.deleted', { roomId: room.room.id, by: ann.userId });
    while (await db.transaction((trx) => forgetClosedRooms(trx, { limit })));
    expect(await membersOf(room)).toEqual([]);
    expect(await membersOf(open)).toHaveLength(2);
  });
});

/** PostgreSQL counts the writes of a connection, and publishes them later. */
async function ownConnection(work: (trx: Transaction) => Promise<void>): Promise<void> {
  const own = connectDatabase({ url: service.databaseUrl, schema: 'notifications', pool: 1 });
  await own.transaction(work).finally(() => own.destroy());
}

it('a batch updates the rows of its rooms without writing to an index', async () => {
  const rooms = Array.from({ length: 1_000 }, () => newId());
  await db.raw("insert into rooms (id, kind) select unnest(:rooms::uuid[]), 'group'", { rooms });
  const batches = 50;
  await ownConnection(async (trx) => {
    for (let batch = 0; batch < batches; batch++)
      await savePublishedSeqs(trx, new Map([[rooms[batch * 20] ?? '', 5]]));
    const updated = await trx('pg_stat_xact_user_tables')
      .whereRaw("schemaname = current_schema() and relname = 'rooms'")
      .first('n_tup_upd as all', 'n_tup_hot_upd as hot');
    expect(updated).toEqual({ all: batches, hot: batches });
  });
});
