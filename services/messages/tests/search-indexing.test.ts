import type { RoomState } from '@parley/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstPlace } from '../src/domain/search/place.ts';
import { findCandidates } from '../src/stores/search.ts';
import { person, startMessages } from './messages-harness.ts';
import { SearchPlace } from './search-harness.ts';

let at: SearchPlace;
beforeAll(async () => {
  at = await SearchPlace.start();
});
afterAll(() => at?.stop());

test('existing rooms are indexed in the background; until then, the answer is incomplete', async () => {
  const ada = person('ada');
  const room = await at.messages.room([ada]);
  const many = 5_000;
  await at.indexed();
  await at.frozen(async () => {
    await at.db.raw(
      `insert into timeline (room_id, seq, changed_seq, id, kind, sender_id, sender_name, content, created_at)
       select :roomId, n, n, gen_random_uuid(), 'message', :userId, 'ada', 'old word' || n,
              now() - n * interval '1 s'
         from generate_series(2, :many::int + 1) n`,
      { roomId: room.id, many, userId: ada.userId },
    );
    await at
      .db('rooms')
      .where({ id: room.id })
      .update({ seq: many + 1 });
    const { hits, complete, through } = await at.search(ada, { q: 'old', limit: '50' });
    expect({ complete, through }).toEqual({ complete: false, through: [{ roomId: room.id, seq: 1 }] });
    expect(hits).toHaveLength(50);
    // The newest changes are scanned.
    expect(await at.found(ada, { q: `word${many + 1}` })).toEqual([`old word${many + 1}`]);
    expect(await at.found(ada, { q: 'word2' })).not.toContain('old word2');
  });
  await at.indexed();
  expect(await at.search(ada, { q: '"word2"' })).toMatchObject({ hits: [{}], complete: true, through: [] });

  // Progress that is set back, as by a migration, repeats what is stored.
  await at.db('indexed_rooms').where({ room_id: room.id }).update({ indexed_seq: 0 });
  expect(await at.found(ada, { q: '"word2"' })).toEqual(['old word2']);
  await at.indexed();
  expect(await at.db('message_terms').where({ room_id: room.id }).pluck('seq')).toHaveLength(many);

  // An operator empties both tables.
  await at.db.raw('truncate message_terms, indexed_rooms');
  const { database } = at;
  const restarted = await startMessages({ database });
  await at.indexed();
  await restarted.stop();
  expect(await at.found(ada, { q: '"word2"' })).toEqual(['old word2']);
});

test('both plans find the same candidates in the same order', async () => {
  const ada = person('ada');
  const rooms = [await at.messages.room([ada]), await at.messages.room([ada]), await at.messages.room([ada])];
  for (let n = 0; n < 60; n++)
    await at.messages.send(ada, rooms[n % 3] as RoomState, n % 2 ? `common${n}` : `common rare${n % 10}`);
  await at.indexed();
  const [before, after] = [firstPlace.createdAt, new Date(0)];
  const roomIds = rooms.map(({ id }) => id);
  const candidates = (plan: 'index' | 'walk', terms: string, ids = roomIds) =>
    at.db.transaction((trx) =>
      findCandidates(trx, { plan, roomIds: ids, terms, from: firstPlace, before, after, limit: 25 }),
    );
  for (const terms of ["'common'", "'rare4'", "'common' & 'rare':*", "'nothing'"])
    for (const ids of [roomIds, roomIds.slice(0, 1)]) {
      const walked = await candidates('walk', terms, ids);
      expect(await candidates('index', terms, ids)).toEqual(walked);
      if (terms !== "'nothing'") expect(walked.length).toBeGreaterThan(1);
    }
});

test('a search that takes too long, or too many of them, is refused with the reason', async () => {
  const { database } = at;
  const ada = person('ada');
  const limited = await startMessages({ database, env: { SEARCH_RATE: '2/m' } });
  await at.messages.room([ada]);
  const trx = await at.db.transaction();
  try {
    await trx.raw('lock table message_terms in access exclusive mode');
    expect(await limited.call(ada, 'GET', '/api/v1/search/messages?q=a')).toMatchObject({
      status: 422,
      body: { code: 'search_too_broad' },
    });
  } finally {
    await trx.rollback();
  }
  expect(await limited.call(ada, 'GET', '/api/v1/search/messages?q=a')).toMatchObject({ status: 200 });
  expect(await limited.call(ada, 'GET', '/api/v1/search/messages?q=a')).toMatchObject({
    status: 429,
    body: { code: 'rate_limit', setting: 'SEARCH_RATE' },
  });
  await limited.stop();
});
