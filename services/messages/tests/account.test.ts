import { makeEvent } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forgetRemovals } from '../src/stores/account.ts';
import { Device, startAccounts } from './account-harness.ts';
import { type Json, type Person, person } from './messages-harness.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let started: Awaited<ReturnType<typeof startAccounts>>;
beforeAll(async () => {
  database = await createTestDatabase();
  started = await startAccounts({ database });
});
afterAll(async () => {
  await started.messages.stop();
  await database.drop();
});

const messages = () => started.messages;
const device = (who: Person, limit?: number) => new Device(messages(), who, limit);
const set = async (who: Person, roomId: string, body: object): Promise<Json> => {
  const { status, body: answer } = await messages().call(
    who,
    'PUT',
    `/api/v1/rooms/${roomId}/settings`,
    body,
  );
  expect([status, answer]).toEqual([200, answer]);
  return answer;
};
const setOwn = (who: Person, body: object) =>
  messages().call(who, 'PUT', '/api/v1/me/notification-settings', body);
const sync = async (who: Person, account: object): Promise<Json> =>
  (await messages().call(who, 'POST', '/api/v1/sync', { rooms: [], account })).body.account;
const defaults = { level: 'default', mutedUntil: null, roomMentions: true, hidden: false, order: null };
const later = () => new Date(Date.now() + 3_600_000).toISOString();

describe('the account stream', () => {
  test('numbers the changes of each user from 1 on without gaps, and repetitions take none', async () => {
    const ada = person('ada');
    const [one, two] = [await messages().room([ada]), await messages().room([ada])];
    expect(await set(ada, one.id, { level: 'none' })).toEqual({ ...defaults, level: 'none', seq: 1 });
    expect((await setOwn(ada, { level: 'mentions' })).body.seq).toBe(2);
    expect((await set(ada, two.id, { hidden: true })).seq).toBe(3);
    expect((await set(ada, one.id, { level: 'none' })).seq).toBe(1);
    const numbers = await Promise.all(
      Array.from({ length: 20 }, async (_, order) => (await set(ada, one.id, { order })).seq),
    );
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 4));
    expect(started.announced.flatMap(({ data }) => (data.userId === ada.userId ? 1 : []))).not.toEqual([]);
  });

  test('two devices change different fields of one room, and neither undoes the other', async () => {
    const ada = person('ada');
    const room = await messages().room([ada]);
    const mutedUntil = later();
    await Promise.all([set(ada, room.id, { mutedUntil }), set(ada, room.id, { order: 4 })]);
    const one = device(ada);
    await one.sync();
    expect(one.items).toMatchObject({
      [`room_settings ${room.id}`]: { settings: { ...defaults, mutedUntil, order: 4 } },
    });
  });

  test('a device that was offline gets the current state of each subject once, page by page', async () => {
    const ada = person('ada');
    const rooms = await Promise.all(Array.from({ length: 7 }, () => messages().room([ada])));
    const offline = device(ada, 2);
    await offline.sync();
    for (const { id } of rooms) for (const order of [1, 2, 3]) await set(ada, id, { order });
    const pages = await offline.sync();
    expect(pages.map(({ changes, hasMore }) => [changes.length, hasMore])).toEqual([
      [2, true],
      [2, true],
      [2, true],
      [1, false],
    ]);
    const fresh = device(ada);
    await fresh.sync();
    expect(offline.items).toEqual(fresh.items);
    expect(offline.seq).toBe(21);
    expect(await sync(ada, { seq: 21 })).toEqual({ seq: 21, hasMore: false, changes: [] });
  });

  test('clients that do not ask for the account receive nothing of it', async () => {
    const ada = person('ada');
    const room = await messages().room([ada]);
    await set(ada, room.id, { level: 'none' });
    const { body } = await messages().call(ada, 'POST', '/api/v1/sync', { rooms: [] });
    expect(Object.keys(body).sort()).toEqual(['gained', 'gainedAfter', 'gone', 'rooms']);
  });

  test('a cursor ahead of the account, or older than forgotten removals, starts again', async () => {
    const ada = person('ada');
    const [gone, kept] = [await messages().room([ada]), await messages().room([ada])];
    for (const { id } of [gone, kept]) await set(ada, id, { level: 'none' });
    expect(await sync(ada, { seq: 9 })).toMatchObject({ reset: true, seq: 2 });

    const old = device(ada, 1);
    await old.sync();
    await messages().leave(gone, ada);
    await eventually(async () => expect((await sync(ada, { seq: 0 })).seq).toBe(3));
    await set(ada, kept.id, { level: 'mentions' });
    const db = connectDatabase({ url: database.url, schema: 'messages', pool: 1 });
    await db.transaction((trx) =>
      forgetRemovals(trx, { before: new Date(Date.now() + 1_000), limit: 1_000 }),
    );
    await db.destroy();
    const pages = await old.sync();
    expect(pages[0]).toMatchObject({ reset: true });
    expect(Object.keys(old.items)).toEqual([`room_settings ${kept.id}`]);
    expect((await sync(ada, { seq: 4 })).reset).toBeUndefined();
  });
});

describe('what an account keeps about a room', () => {
  test('is only for members, and ends with the membership, on all devices', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await messages().room([ada, bob]);
    await set(bob, room.id, { level: 'none' });
    const tablet = device(bob);
    await tablet.sync();
    await messages().leave(room, bob, 'removed');
    expect((await sync(bob, { seq: 0 })).changes.every(({ settings }: Json) => settings === null)).toBe(true);
    const refused = await messages().call(bob, 'PUT', `/api/v1/rooms/${room.id}/settings`, { order: 1 });
    expect(refused).toMatchObject({ status: 404, body: { code: 'room_not_found' } });
    await eventually(async () => {
      await tablet.sync();
      expect(tablet.items).toEqual({});
      expect(tablet.seq).toBe(2);
    });
    // A member who returns begins with the defaults.
    await messages().join(room, bob);
    await eventually(async () => expect(await set(bob, room.id, { order: 1 })).toMatchObject({ order: 1 }));
    await tablet.sync();
    expect(tablet.items).toMatchObject({
      [`room_settings ${room.id}`]: { settings: { ...defaults, order: 1 } },
    });
  });

  test('ends with the room', async () => {
    const people = ['ada', 'bob', 'eve'].map(person);
    const room = await messages().room(people);
    for (const one of people) await set(one, room.id, { hidden: true });
    await messages().close(room);
    for (const one of people)
      await eventually(async () =>
        expect(await sync(one, { seq: 0 })).toMatchObject({ seq: 2, changes: [{ settings: null }] }),
      );
  });

  test('the erasure of a user empties the account for good', async () => {
    const ada = person('ada');
    const room = await messages().room([ada]);
    await set(ada, room.id, { hidden: true });
    await setOwn(ada, { quietHours: { tz: 'Europe/Berlin', from: '22:00', to: '07:00' } });
    const { bus } = messages();
    const event = makeEvent('profile.erased', { userId: ada.userId }, { id: newId(), now: Date.now() });
    await bus.publish('directory', bus.partitionOf('directory', ada.userId), event);
    await eventually(() =>
      expect(started.announced.map(({ type, data }) => [type, data.userId])).toContainEqual([
        'account.erased',
        ada.userId,
      ]),
    );
    expect((await sync(ada, { seq: 0 })).changes).toEqual([]);
    expect(await setOwn(ada, { level: 'none' })).toMatchObject({ status: 401 });
  });
});

test('invalid settings are refused with reasons', async () => {
  const ada = person('ada');
  const room = await messages().room([ada]);
  const reasons = ({ status, body }: Json) => [
    status,
    body.errors.map(({ field, reason }: Json) => [field, reason]),
  ];
  const night = { tz: 'Europe/Berlin', from: '22:00', to: '07:00' };
  const ofOwn = async (body: object) => reasons(await setOwn(ada, body));
  expect(await ofOwn({ quietHours: { ...night, tz: 'Mars/Olympus' } })).toEqual([
    422,
    [['quietHours.tz', 'choice']],
  ]);
  expect(await ofOwn({ quietHours: { ...night, from: '25:00' } })).toEqual([
    422,
    [['quietHours.from', 'format']],
  ]);
  expect(await ofOwn({ quietHours: { ...night, to: '22:00' } })).toEqual([
    422,
    [['quietHours.to', 'combination']],
  ]);
  const path = `/api/v1/rooms/${room.id}/settings`;
  expect(reasons(await messages().call(ada, 'PUT', path, { level: 'some' }))).toEqual([
    422,
    [['level', 'choice']],
  ]);
});

describe('unread counts', () => {
  const unread = async (who: Person): Promise<Json> =>
    (await messages().call(who, 'GET', '/api/v1/unread')).body;

  test('a muted room adds nothing to total and badge, but is still counted itself', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const [muted, loud] = [await messages().room([ada, bob]), await messages().room([ada, bob])];
    for (const room of [muted, muted, loud]) await messages().send(bob, room, 'hello');
    expect(await unread(ada)).toMatchObject({ total: 3, badge: 3 });
    const mutedUntil = later();
    await set(ada, muted.id, { mutedUntil });
    const answer = await unread(ada);
    expect(answer).toMatchObject({ total: 1, badge: 1 });
    expect(answer.rooms.find(({ roomId }: Json) => roomId === muted.id)).toMatchObject({
      ...{ unread: 2, level: 'all', mutedUntil },
    });
    await set(ada, muted.id, { mutedUntil: '2026-01-01T00:00:00.000Z' });
    expect(await unread(ada)).toMatchObject({ total: 3, badge: 3, rooms: [{ mutedUntil: null }, {}] });
  });

  test('the badge counts the messages of rooms with the level `all`, their own or the default', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const [one, two] = [await messages().room([ada, bob]), await messages().room([ada, bob])];
    for (const room of [one, two]) await messages().send(bob, room, 'hello');
    await setOwn(ada, { level: 'none' });
    expect(await unread(ada)).toMatchObject({ total: 2, badge: 0 });
    await set(ada, two.id, { level: 'all' });
    const answer = await unread(ada);
    expect(answer).toMatchObject({ total: 2, badge: 1 });
    expect(answer.rooms.map(({ level }: Json) => level).sort()).toEqual(['all', 'none']);
  });
});
