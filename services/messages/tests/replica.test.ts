import type { RoomState } from '@parley/contracts';
import { type ServerProcess, startPostgres } from '@parley/servers';
import { eventually, queryOnce, startStopwatch, temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, type MessagesHarness, person, startMessages } from './messages-harness.ts';

let primary: ServerProcess;
let standby: ServerProcess;
let messages: MessagesHarness;
const [ada, bob] = [person('ada'), person('bob')];

beforeAll(async () => {
  primary = await startPostgres({ dataDir: temporaryFolder(), binaries: 'system', fast: true });
  standby = await startPostgres({
    dataDir: temporaryFolder(),
    binaries: 'system',
    fast: true,
    standbyOf: primary.url,
  });
  messages = await startMessages({
    database: { url: primary.url, drop: async () => undefined },
    replicaUrl: standby.url,
  });
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(async () => {
  await messages?.stop();
  await standby?.stop();
  await primary?.stop();
});

const onStandby = (text: string) => queryOnce<{ state: string }>(standby.url, text);
const answered = (outcome: string) => messages.counter('parley_messages_replica_reads_total', { outcome });
const history = async (room: RoomState, query = ''): Promise<string[]> => {
  const page = await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages?limit=200${query}`);
  expect(page.status).toBe(200);
  return page.body.messages.map(({ content }: Json) => content);
};
const sync = async (...rooms: { roomId: string; seq: number }[]) =>
  (
    await messages.call(ada, 'POST', '/api/v1/sync', {
      rooms: rooms.map((room) => ({ ...room, readSeq: 0 })),
    })
  ).body;
/** Repeats the request until the replica answers it. */
const fromReplica = <T>(ask: () => Promise<T>) =>
  eventually(async () => {
    const before = await answered('replica');
    const answer = await ask();
    expect(await answered('replica')).toBe(before + 1);
    return answer;
  });

test('the replica serves history and sync with the same answers as the primary', async () => {
  const room = await messages.room([ada, bob]);
  for (const content of ['one', 'two', 'three']) await messages.send(ada, room, content);
  expect(await fromReplica(() => history(room))).toEqual(['one', 'two', 'three']);
  expect(await fromReplica(() => history(room, '&before_seq=4'))).toEqual(['one']);
  const synced = await fromReplica(() => sync({ roomId: room.id, seq: 0 }));
  expect(synced.rooms[0]).toMatchObject({ roomId: room.id, seq: 5, hasMore: false });
  expect(synced.rooms[0].changes).toHaveLength(5);
});

test('a writer reads their own write at once', async () => {
  const room = await messages.room([ada, bob]);
  const sent: string[] = [];
  for (let number = 0; number < 60; number++) {
    sent.push(`m${number}`);
    const { seq } = await messages.send(ada, room, `m${number}`);
    expect(await history(room)).toEqual(sent);
    expect((await sync({ roomId: room.id, seq: seq - 1 })).rooms[0]).toMatchObject({
      seq,
      changes: [{ message: { content: `m${number}` } }],
    });
  }
});

test('nobody reads old messages, edits, receipts, names or members while the replica lags', async () => {
  const rooms = [];
  for (let number = 0; number < 5; number++) rooms.push(await messages.room([ada, bob]));
  // One room for each kind of change, so no other kind marks the replica as behind there.
  const [room, read, renamed, left, quiet] = rooms as [RoomState, RoomState, RoomState, RoomState, RoomState];
  const first = await messages.send(bob, room, 'first');
  for (const other of [read, renamed, left, quiet]) await messages.send(ada, other, 'quiet');
  for (const one of rooms) await fromReplica(() => sync({ roomId: one.id, seq: 0 }));
  await onStandby('select pg_wal_replay_pause()');
  try {
    await eventually(async () =>
      expect(await onStandby('select pg_get_wal_replay_pause_state() as state')).toEqual([
        { state: 'paused' },
      ]),
    );
    await messages.send(ada, room, 'second');
    expect(await history(room)).toEqual(['first', 'second']);
    await messages.call(bob, 'PUT', `/api/v1/rooms/${room.id}/messages/${first.id}`, {
      content: 'first, edited',
    });
    expect(await history(room)).toEqual(['first, edited', 'second']);
    const changed = await sync({ roomId: room.id, seq: 4 });
    expect(changed.rooms[0]).toMatchObject({ seq: 5, changes: [{ message: { content: 'first, edited' } }] });

    const { seq, readSeq } = (await fromReplica(() => sync({ roomId: read.id, seq: 0 }))).rooms[0];
    await messages.call(bob, 'POST', `/api/v1/rooms/${read.id}/messages/read`, {});
    const receipts = await messages.call(ada, 'POST', '/api/v1/sync', {
      rooms: [{ roomId: read.id, seq, readSeq }],
    });
    expect(receipts.body.rooms[0].positions).toMatchObject([{ userId: bob.userId, seq: 3 }]);

    await messages.change(renamed, { name: 'another name' });
    expect((await sync({ roomId: renamed.id, seq: 0 })).rooms[0]).toMatchObject({ name: 'another name' });
    await messages.leave(left, ada);
    expect(await sync({ roomId: left.id, seq: 0 })).toMatchObject({ rooms: [], gone: [left.id] });
    expect(await answered('behind')).toBeGreaterThan(4);
    // The replica still serves rooms without changes.
    expect(await fromReplica(() => history(quiet))).toEqual(['quiet']);
    const gained = await messages.room([ada, bob]);
    const met = await messages.call(ada, 'POST', '/api/v1/sync', { rooms: [], gained: { after: quiet.id } });
    expect(met.body.gained.map(({ roomId }: Json) => roomId)).toContain(gained.id);
  } finally {
    await onStandby('select pg_wal_replay_resume()');
  }
  const later = await messages.room([ada, bob]);
  await messages.send(ada, later, 'caught up');
  expect(await fromReplica(() => history(later))).toEqual(['caught up']);
});

test('the primary answers for a frozen or killed replica, which serves again after recovery', async () => {
  const room = await messages.room([ada, bob]);
  await messages.send(ada, room, 'here');
  await fromReplica(() => history(room));
  standby.kill('SIGSTOP');
  const elapsedMs = startStopwatch();
  expect(await history(room)).toEqual(['here']);
  expect(elapsedMs()).toBeLessThan(4_000);
  standby.kill('SIGCONT');
  await fromReplica(() => history(room));

  standby.kill('SIGKILL');
  await standby.exited;
  await messages.send(ada, room, 'without');
  for (let times = 0; times < 5; times++) expect(await history(room)).toEqual(['here', 'without']);
  await standby.restart();
  expect(await fromReplica(() => history(room))).toEqual(['here', 'without']);
});
