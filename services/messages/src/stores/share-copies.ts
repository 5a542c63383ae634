import { erasedName, roomShares } from '@parley/contracts';
import type { Database, Queryable, Transaction } from '@parley/database';
import { whileArriving } from './moving-shares.ts';
import type { Move } from './shares.ts';

// Copies the rows of a share from one database to another, as JSON that the databases read and
// write themselves, so that no column is named here but the keys.

/** The tables of rooms, in which each change has a number of its room. */
const numbered = {
  timeline: { key: ['room_id', 'seq'] },
  read_positions: { key: ['room_id', 'user_id'] },
  thread_positions: { key: ['room_id', 'user_id', 'root_seq'] },
} as const;
export type NumberedTable = keyof typeof numbered;
export const numberedTables = Object.keys(numbered) as NumberedTable[];

export const firstId = '00000000-0000-0000-0000-000000000000';

/** All tables of rooms but `members` and `rooms`. */
const tablesOfRooms = [
  ...['message_terms', 'indexed_rooms', 'mentions', 'reactions'],
  ...['thread_positions', 'read_positions', 'timeline'],
];

/** Rows of each room that are read together. */
const rowsAtOnce = 500;
const membersAtOnce = 5_000;

/** The next rooms of a share, in the order of their ids. */
export const pageShare = (db: Queryable, share: number, after: string, limit: number): Promise<string[]> =>
  db('rooms')
    .whereRaw('share_of(id) = :share', { share })
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .pluck('id');

/** A share that is copied from one database to another. */
export interface Copying {
  source: Database;
  target: Database;
  move: Move;
}

const columnsOf = async (db: Queryable, table: string): Promise<string[]> => {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select quote_ident(attname) as name from pg_attribute
      where attrelid = :table::regclass and attnum > 0 and not attisdropped order by attnum`,
    { table },
  );
  return rows.map(({ name }) => name);
};

/** Inserts rows, or replaces those with the same key. */
async function upsert(
  trx: Transaction,
  table: string,
  rows: string,
  { key, where = '' }: { key: readonly string[]; where?: string },
): Promise<void> {
  const columns = await columnsOf(trx, table);
  const values = columns.map((name) => `excluded.${name}`);
  await trx.raw(
    `insert into ${table} as t (${columns.join(', ')})
     select ${columns.join(', ')} from json_populate_recordset(null::${table}, :rows::json)
     on conflict (${key.join(', ')}) 
       do update set (${columns.join(', ')}) = row(${values.join(', ')}) ${where}`,
    { rows },
  );
}

/**
 * Copies what has changed in rooms since it was copied, in the order of the changes, with the
 * mentions of and reactions to each message. Only the last change counts, so it can be repeated.
 */
export async function copyChanges(
  { source, target, move }: Copying,
  table: NumberedTable,
  roomIds: readonly string[],
): Promise<void> {
  const { rows: reached } = await target.raw<{ rows: { room_id: string; after: number }[] }>(
    `select asked.id as room_id, coalesce(last.changed_seq, 0) as after
       from unnest(:roomIds::uuid[]) as asked (id)
       left join lateral (
         select max(t.changed_seq) as changed_seq from ${table} t where t.room_id = asked.id
       ) last on true`,
    { roomIds },
  );
  const after = new Map(reached.map((row) => [row.room_id, row.after]));
  for (let left = [...after.keys()]; left.length > 0; ) {
    const { rows } = await source.raw<{
      rows: [{ rows: string; last: { room_id: string; changed_seq: number; rows: number }[] | null }];
    }>(
      `with changed as (
         select c.* from unnest(:rooms::uuid[], :afters::bigint[]) as a (room_id, after)
          cross join lateral (
            select * from ${table} t where t.room_id = a.room_id and t.changed_seq > a.after
             order by t.changed_seq limit ${rowsAtOnce}) c
       )
       select (select coalesce(json_agg(c), '[]')::text from changed c) as rows,
              (select json_agg(l) from (select room_id, max(changed_seq) as changed_seq, count(*) as rows
                                          from changed group by room_id) l) as last`,
      { rooms: left, afters: left.map((roomId) => after.get(roomId) ?? 0) },
    );
    const [{ rows: json, last }] = rows;
    if (!last) return;
    const attached = table === 'timeline' ? await readAttached(source, json) : undefined;
    await whileArriving(target, move, async (trx) => {
      await upsert(trx, table, json, {
        key: numbered[table].key,
        where: 'where t.changed_seq <= excluded.changed_seq',
      });
      if (attached) await replaceAttached(trx, json, attached);
    });
    for (const row of last) after.set(row.room_id, row.changed_seq);
    left = last.flatMap((row) => (row.rows >= rowsAtOnce ? [row.room_id] : []));
  }
}

/** Read after their messages, so they are at least as recent. */
async function readAttached(source: Queryable, json: string) {
  const { rows } = await source.raw<{ rows: [{ mentions: string; reactions: string }] }>(
    `with m as (select * from json_to_recordset(:changed::json) as m (room_id uuid, seq bigint, id uuid))
     select (select coalesce(json_agg(x), '[]')::text from m
               join mentions x on x.room_id = m.room_id and x.seq = m.seq) as mentions,
            (select coalesce(json_agg(r), '[]')::text from m
               join reactions r on r.room_id = m.room_id and r.message_id = m.id) as reactions`,
    { changed: json },
  );
  return rows[0];
}

async function replaceAttached(
  trx: Transaction,
  json: string,
  { mentions, reactions }: { mentions: string; reactions: string },
): Promise<void> {
  const messages = 'json_to_recordset(:changed::json) as m (room_id uuid, seq bigint, id uuid)';
  await trx.raw(`delete from mentions x using ${messages} where x.room_id = m.room_id and x.seq = m.seq`, {
    changed: json,
  });
  await trx.raw(
    `delete from reactions r using ${messages} where r.room_id = m.room_id and r.message_id = m.id`,
    { changed: json },
  );
  await upsert(trx, 'mentions', mentions, { key: ['room_id', 'seq', 'user_id'] });
  await upsert(trx, 'reactions', reactions, { key: ['room_id', 'message_id', 'user_id', 'reaction'] });
}

/** Copies all members of rooms, because not every change of a member has a number. */
export async function copyMembers(
  { source, target, move }: Copying,
  roomIds: readonly string[],
): Promise<void> {
  await whileArriving(target, move, async (trx) => {
    await trx('members').whereRaw('room_id = any(:roomIds)', { roomIds }).delete();
    let last = { room_id: firstId, user_id: firstId };
    for (let size = membersAtOnce; size === membersAtOnce; ) {
      const { rows } = await source.raw<{ rows: [{ rows: string; size: number; last: typeof last }] }>(
        `with page as (
           select * from members 
            where room_id = any(:roomIds) and (room_id, user_id) > (:room_id::uuid, :user_id)
            order by room_id, user_id limit ${membersAtOnce})
         select (select coalesce(json_agg(p), '[]')::text from page p) as rows,
                (select count(*) from page)::int as size,
                (select to_json(l) from (
                   select room_id, user_id from page order by room_id desc, user_id desc limit 1) l) as last`,
        { roomIds, ...last },
      );
      const [page] = rows;
      await upsert(trx, 'members', page.rows, { key: ['room_id', 'user_id'] });
      size = page.size;
      last = page.last;
    }
    // An erasure renames joins and departures without a change.
    await trx.raw(
      `update timeline t set sender_name = m.username from members m
        where m.room_id = any(:roomIds) and m.username = :erasedName and t.room_id = m.room_id
          and t.sender_id = m.user_id and t.client_key is null and t.kind <> 'message'
          and t.sender_name <> m.username`,
      { roomIds, erasedName },
    );
  });
}

/** Copies the rooms themselves, which makes them exist in the other database. */
export async function copyRooms(
  { source, target, move }: Copying,
  roomIds: readonly string[],
): Promise<void> {
  const { rows } = await source.raw<{ rows: [{ rows: string }] }>(
    "select coalesce(json_agg(r), '[]')::text as rows from rooms r where id = any(:roomIds)",
    { roomIds },
  );
  await whileArriving(target, move, (trx) => upsert(trx, 'rooms', rows[0].rows, { key: ['id'] }));
}

/**
 * Copies rows that do not name their room: marks of changes that `timeline` may lack, and the
 * submissions of withdrawn reactions.
 */
export async function copyRest({ source, target, move }: Copying): Promise<void> {
  const { rows } = await source.raw<{ rows: [{ marks: string; withdrawn: string }] }>(
    `select (select coalesce(json_agg(m), '[]')::text from unconfirmed_changes m
              where m.partition % ${roomShares} = :share) as marks,
            (select coalesce(json_agg(w), '[]')::text from withdrawn_reactions w) as withdrawn`,
    { share: move.share },
  );
  const [{ marks, withdrawn }] = rows;
  await whileArriving(target, move, async (trx) => {
    await upsert(trx, 'withdrawn_reactions', withdrawn, { key: ['submission_id'] });
    await trx.raw(
      `insert into unconfirmed_changes (batch, writer, partition, kind, rooms, firsts, lasts)
       select batch, writer, partition, kind, rooms, firsts, lasts
         from json_populate_recordset(null::unconfirmed_changes, :marks::json)`,
      { marks },
    );
  });
}

/**
 * Deletes what is left of rooms that are in another database now. Memberships to which items of
 * accounts belong stay, without a name.
 */
export async function purgeRooms(db: Database, roomIds: readonly string[]): Promise<void> {
  await db.transaction(async (trx) => {
    for (const table of tablesOfRooms)
      await trx(table).whereRaw('room_id = any(:roomIds)', { roomIds }).delete();
    // An item that is being added belongs to a membership that stays.
    await trx('members').whereRaw('room_id = any(:roomIds)', { roomIds }).forUpdate().select('version');
    await trx.raw(
      `delete from members m where m.room_id = any(:roomIds) and (not m.active or not exists (
         select from account_items i
          where i.room_id = m.room_id and i.user_id = m.user_id and i.data is not null))`,
      { roomIds },
    );
    await trx.raw(
      `update members set username = '', mention_name = null, role = 'member', can_send = false
        where room_id = any(:roomIds) and username <> ''`,
      { roomIds },
    );
    await trx('rooms').whereRaw('id = any(:roomIds)', { roomIds }).delete();
  });
}
