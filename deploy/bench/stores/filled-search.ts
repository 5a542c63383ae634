import { connectDatabase, type Database } from '@parley/database';

export const messagesPerRoom = 500;
const wordsPerMessage = 12;
/** Their frequency falls with their number, as in language: the first ones are in most messages. */
const vocabulary = 60_000;
/** Messages in one statement. */
const batch = 100_000;

/** Words and the part of all messages that have them. */
export const words = {
  common: { text: 'everywhere', part: 0.6 },
  medium: { text: 'sometimes', part: 0.002 },
  rare: { text: 'hardlyever', part: 0.000_02 },
} as const;

/** Digits become letters, so that each word is one term. */
const letters = (number: string) => `translate((${number})::text, '0123456789', 'abcdefghij')`;
/** `md5` is stable, so the same number always becomes the same id. */
const idOf = (kind: string, number: string) => `md5('${kind}' || (${number}))::uuid`;

/** A filled search: rooms of 500 messages each, and users who belong to 200 of them. */
export class FilledSearch {
  readonly db: Database;
  readonly rooms: number;

  constructor(url: string, messages: number) {
    this.db = connectDatabase({ url, schema: 'messages', statementTimeoutMs: 3_600_000 });
    this.rooms = Math.ceil(messages / messagesPerRoom);
  }

  /** Stores the messages and their terms, as the writer and the indexer would. */
  async fill(say: (line: string) => void): Promise<void> {
    const { db, rooms } = this;
    await db.raw(
      `insert into rooms (id, kind, name, is_private, seq)
       select ${idOf('room', 'r')}, 'group', 'room ' || r, true, :messagesPerRoom
         from generate_series(1, :rooms::int) r`,
      { rooms, messagesPerRoom },
    );
    await db.raw('insert into indexed_rooms (room_id, indexed_seq) select id, seq from rooms');
    const { rows: indexes } = await db.raw<{ rows: { name: string; definition: string }[] }>(
      `select indexname as name, indexdef as definition from pg_indexes
        where schemaname = 'messages' and indexname like 'message_terms_%_by_term'`,
    );
    // Built afterwards, which takes a fraction of the time.
    for (const { name } of indexes) await db.raw('drop index ??', [name]);
    const roomsAtOnce = batch / messagesPerRoom;
    for (let first = 1; first <= rooms; first += roomsAtOnce) {
      await this.#fillRooms(first, Math.min(rooms, first + roomsAtOnce - 1));
      say(`${Math.min(rooms, first + roomsAtOnce - 1) * messagesPerRoom} messages filled`);
    }
    for (const { definition } of indexes)
      await db.transaction(async (trx) => {
        await trx.raw("set local maintenance_work_mem = '256MB'");
        await trx.raw(definition);
      });
    await db.raw('vacuum analyze message_terms');
    await db.raw('vacuum analyze timeline');
    await db.raw('analyze rooms');
  }

  async #fillRooms(first: number, last: number): Promise<void> {
    await this.db.raw(
      `with said as (
         select ${idOf('room', 'r')} as room_id, n as seq, ${idOf('user', '(r + n) % 10')} as sender_id,
                date_trunc('milliseconds',
                   now() - ((:messagesPerRoom - n) * 600 + r % 600) * interval '1 s') as at,
                array(
                  select ${letters('floor(:vocabulary * power(random(), 3))::int + r * 0 + n * 0')}
                    from generate_series(1, :wordsPerMessage)
                ) || case when random() < :common then array['${words.common.text}'] else '{}' end
                  || case when random() < :medium then array['${words.medium.text}'] else '{}' end
                  || case when random() < :rare then array['${words.rare.text}'] else '{}' end as words
           from generate_series(:first::int, :last::int) r, generate_series(1, :messagesPerRoom::int) n
       ), stored as (
         insert into timeline
           (room_id, seq, changed_seq, id, kind, sender_id, sender_name, content, created_at)
         select room_id, seq, seq, gen_random_uuid(), 'message', sender_id, 'filler',
                array_to_string(words, ' '), at
           from said
       )
       insert into message_terms (room_id, created_at, seq, terms)
       select room_id, at, seq, array_to_tsvector(
                words || (':r' || right(room_id::text, 12)) || (':f' || right(sender_id::text, 12)))
         from said`,
      {
        ...{ first, last, messagesPerRoom, wordsPerMessage, vocabulary },
        ...{ common: words.common.part, medium: words.medium.part, rare: words.rare.part },
      },
    );
  }

  /** Makes the user a member of that many rooms, spread over all. Returns their ids. */
  async join(userId: string, count: number, offset: number): Promise<string[]> {
    const step = Math.max(1, Math.floor(this.rooms / count));
    const { rows } = await this.db.raw<{ rows: { room_id: string }[] }>(
      `insert into members (room_id, user_id, username, role, can_send, active, version)
       select ${idOf('room', '(k * :step::int + :offset::int) % :rooms::int + 1')},
              :userId, 'searcher', 'member',
              true, true, 1
         from generate_series(1, :count::int) k
       on conflict do nothing returning room_id`,
      { userId, count: Math.min(count, this.rooms), step, offset, rooms: this.rooms },
    );
    await this.db.raw('vacuum analyze members');
    return rows.map(({ room_id }) => room_id);
  }

  /** Bytes of the index and of the messages, with their other indexes. */
  async sizes(): Promise<{ terms: number; timeline: number }> {
    const sizeOf = (table: string) =>
      `(select sum(pg_total_relation_size(inhrelid)) from pg_inherits
         where inhparent = '${table}'::regclass)::float8`;
    const { rows } = await this.db.raw<{ rows: { terms: number; timeline: number }[] }>(
      `select ${sizeOf('message_terms')} as terms, ${sizeOf('timeline')} as timeline`,
    );
    const [sizes] = rows;
    if (!sizes) throw new Error('no sizes');
    return sizes;
  }

  /** The terms that the index contains of a room. */
  async termsIn(roomId: string): Promise<unknown[]> {
    return this.db('message_terms')
      .where({ room_id: roomId })
      .orderBy('seq')
      .select('seq', 'created_at', 'terms');
  }

  /** Removes a room from the index, as if it had never been indexed. */
  async forgetTerms(roomId: string): Promise<void> {
    await this.db('message_terms').where({ room_id: roomId }).delete();
    await this.db('indexed_rooms').where({ room_id: roomId }).delete();
  }

  /** Whether the index contains every change of the rooms. */
  async isIndexed(roomIds: readonly string[]): Promise<boolean> {
    const { rows } = await this.db.raw(
      `select from rooms r left join indexed_rooms i on i.room_id = r.id
        where r.id = any(:roomIds) and r.seq > coalesce(i.indexed_seq, 0) limit 1`,
      { roomIds },
    );
    return rows.length === 0;
  }

  /** The indexer waits for the lock; searches and writers do not need it. */
  async freezeIndexer(): Promise<{ end(): Promise<void> }> {
    const trx = await this.db.transaction();
    await trx.raw('lock table indexed_rooms in share mode');
    return { end: async () => void (await trx.rollback()) };
  }
}
