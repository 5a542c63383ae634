import { connectDatabase, type Database, plannedSeldom } from '@parley/database';
import type { Change, Submission } from '../floor/change.ts';

const appendMessages = `
  with sent as (
    select s.*, row_number() over (partition by room_id order by place) as nth
      from rows from (
        json_to_recordset(?::json) as (id uuid, "roomId" uuid, "userId" uuid, content text, "clientId" text)
      ) with ordinality as s (id, room_id, user_id, content, client_id, place)
  ), heads as (
    update rooms set seq = seq + counts.count
      from (select room_id, count(*) from sent group by room_id) counts
     where rooms.id = counts.room_id
    returning rooms.id, rooms.seq - counts.count as before
  )
  insert into messages (room_id, seq, id, user_id, content, client_id, created_at)
  select room_id, before + nth, sent.id, user_id, content, client_id, ?
    from sent join heads on heads.id = room_id
  returning id, seq`;

/** The floor's tables, rooms and messages. */
export class FloorStore {
  readonly #db: Database;
  readonly #planned = plannedSeldom('append');

  constructor(url: string, options: { statementTimeoutMs?: number } = {}) {
    this.#db = connectDatabase({ url, schema: 'public', ...options });
  }

  async create(): Promise<void> {
    await this.#db.raw(`
      create table rooms (id uuid primary key, seq bigint not null default 0);
      create table messages (
        room_id uuid not null,
        seq bigint not null,
        id uuid not null,
        user_id uuid not null,
        content text not null,
        client_id text not null,
        created_at timestamptz not null,
        primary key (room_id, seq)
      );
    `);
  }

  async addRoom(id: string): Promise<void> {
    await this.#db('rooms').insert({ id });
  }

  /** Numbers and stores messages, each room's in their order. Returns them in the same order. */
  async append(submissions: readonly Submission[], at: Date): Promise<Change[]> {
    const createdAt = at.toISOString();
    const { rows } = await this.#db
      .raw<{ rows: { id: string; seq: number }[] }>(appendMessages, [JSON.stringify(submissions), createdAt])
      .options(this.#planned());
    const seqs = new Map(rows.map(({ id, seq }) => [id, seq]));
    return submissions.map((submission) => {
      const seq = seqs.get(submission.id);
      if (seq === undefined) throw new Error(`room ${submission.roomId} does not exist`);
      return { ...submission, seq, createdAt };
    });
  }

  async count(roomIds: readonly string[]): Promise<number> {
    const [row] = await this.#db('messages')
      .whereIn('room_id', [...roomIds])
      .count<{ count: string | number }[]>();
    return Number(row?.count);
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
