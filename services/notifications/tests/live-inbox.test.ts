import { connectDatabase, type Database } from '@parley/database';
import { createLogger, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InboxMessage, InboxPublisher } from '../src/inbox-publisher.ts';
import { findLiveRows } from '../src/stores/message-rows.ts';
import { LiveInbox } from '../src/usecases/live-inbox.ts';
import { person, startNotifications } from './notifications-harness.ts';

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

/** Rows inserted into and deleted from tables so far. */
async function written(): Promise<Record<string, number>> {
  const { rows } = await db.raw<{ rows: { name: string; rows: number }[] }>(
    `select relname as name, n_tup_ins + n_tup_del as rows from pg_stat_user_tables
      where schemaname = 'notifications'
        and relname in ('hints', 'outbox', 'notifications', 'counted_messages')`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

describe('a message', () => {
  it.each([2, 10, 40])(
    'to %i members: a row each, one frame each, one hint and no outbox row',
    async (size) => {
      const people = Array.from({ length: size }, (_, index) => person(`p${index}`));
      const room = await service.room(people);
      const [ann = person('ann')] = people;
      const before = await written();
      const frames = service.live.length;
      await service.send(room, ann, 'hello');
      expect(service.live.length - frames).toBe(size - 1);
      await eventually(async () => {
        const after = await written();
        const grown = Object.fromEntries(
          Object.entries(after).map(([name, rows]) => [name, rows - (before[name] ?? 0)]),
        );
        // The hint is inserted and deleted.
        expect(grown).toEqual({ hints: 2, outbox: 0, notifications: size - 1, counted_messages: 1 });
      });
    },
  );
});

/** Another process of the service, whose publications the test sees and delays. */
function startOther(publish: InboxPublisher['publish']): LiveInbox {
  return new LiveInbox({
    db,
    publisher: { publish, close: async () => undefined },
    readCurrent: (ids) => findLiveRows(db, ids),
    logger: createLogger({ service: 'test', level: 'silent' }),
    newId,
  });
}
const rowOf = async (userId: string): Promise<string> =>
  (await db('notifications').where({ user_id: userId }).whereNull('deleted_at').first('id'))?.id;
const hints = (): Promise<string[]> => db('hints').pluck('id');

describe('a change of an inbox', () => {
  /** A row of bob's inbox. */
  async function setUp() {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    await service.send(room, ann, 'hello');
    const id = await rowOf(bob.userId);
    const hint = { userId: bob.userId, id, kind: 'created' as const };
    return { bob, id, hint, read: () => service.call(bob, 'POST', `/${id}/read`) };
  }

  it('is published by another process if its own is killed before', async () => {
    const { hint } = await setUp();
    const id = newId();
    await db('hints').insert({ id, rows: JSON.stringify([hint]), held_at: new Date(Date.now() - 60_000) });
    const published: InboxMessage[] = [];
    const other = startOther(async (_, message) => published.push(message) > 0);
    other.start();
    await eventually(async () => {
      expect(published).toMatchObject([{ event: 'notification', data: { id: hint.id } }]);
      expect(await hints()).not.toContain(id);
    });
    await other.stop();
  });

  it('waits in the database while it cannot be published', async () => {
    const { id, hint, bob } = await setUp();
    let isAway = true;
    const published: InboxMessage[] = [];
    const other = startOther(async (_, message) => !isAway && published.push(message) > 0);
    await other.transact(async (_, add) => add({ removed: [{ userId: bob.userId, id: hint.id }] }));
    await eventually(async () => expect(await hints()).toHaveLength(1));
    expect(published).toEqual([]);
    isAway = false;
    await eventually(async () => expect(await hints()).toEqual([]));
    expect(published).toEqual([{ event: 'notification_removed', data: { id } }]);
    await other.stop();
  });

  it('is the last that clients receive, even if another process publishes an older state late', async () => {
    const { id, hint, read } = await setUp();
    const received: InboxMessage[] = [];
    const other = startOther(async (_, message) => {
      // While this one is under way, the user marks the row read, and is told so.
      if (received.length === 0) expect((await read()).status).toBe(200);
      return received.push(message) > 0;
    });
    const { notification } = (await findLiveRows(db, [id]))[0] ?? {};
    if (!notification) throw new Error('there is no row');
    await other.transact(async (_, add) => add({ created: [{ userId: hint.userId, notification }] }));
    await eventually(() => expect(received).toHaveLength(2));
    expect(received.at(-1)).toMatchObject({ event: 'notification_updated', data: { id, isRead: true } });
    await other.stop();
  });
});
