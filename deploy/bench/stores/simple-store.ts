import { connectDatabase, type Database } from '@parley/database';

export interface NewMessage {
  roomId: string;
  userId: string;
  content: string;
  clientId: string;
}

export interface StoredMessage extends NewMessage {
  id: number;
  createdAt: string;
}

interface MessageRow {
  id: number;
  room_id: string;
  user_id: string;
  content: string;
  client_id: string;
  created_at: Date;
}

/** The simple server's tables, members and messages, with the indexes that its queries need. */
export class SimpleStore {
  readonly #db: Database;

  constructor(url: string, options: { statementTimeoutMs?: number } = {}) {
    this.#db = connectDatabase({ url, schema: 'public', ...options });
  }

  async create(): Promise<void> {
    await this.#db.raw(`
      create table members (room_id uuid not null, user_id uuid not null, primary key (room_id, user_id));
      create table messages (
        id bigserial primary key,
        room_id uuid not null,
        user_id uuid not null,
        content text not null,
        client_id text not null,
        created_at timestamptz not null default now()
      );
      create index messages_by_room on messages (room_id, id);
    `);
  }

  async addMembers(roomId: string, userIds: readonly string[]): Promise<void> {
    await this.#db('members').insert(userIds.map((userId) => ({ room_id: roomId, user_id: userId })));
  }

  async isMember(roomId: string, userId: string): Promise<boolean> {
    return (
      (await this.#db('members').where({ room_id: roomId, user_id: userId }).first('room_id')) !== undefined
    );
  }

  async addMessage(message: NewMessage): Promise<StoredMessage> {
    const { roomId, userId, content, clientId } = message;
    const [row] = await this.#db<MessageRow>('messages')
      .insert({ room_id: roomId, user_id: userId, content, client_id: clientId })
      .returning(['id', 'created_at']);
    if (!row) throw new Error('the insert returned no row');
    return { id: row.id, ...message, createdAt: row.created_at.toISOString() };
  }

  /** A page, oldest first. Without a bound: the latest. */
  async page(
    roomId: string,
    page: { limit: number; before: number | undefined; after: number | undefined },
  ): Promise<StoredMessage[]> {
    const { limit, before, after } = page;
    const query = this.#db<MessageRow>('messages').where({ room_id: roomId }).limit(limit);
    if (before !== undefined) void query.where('id', '<', before);
    if (after !== undefined) void query.where('id', '>', after);
    const rows: MessageRow[] = await query.orderBy('id', after === undefined ? 'desc' : 'asc');
    if (after === undefined) rows.reverse();
    return rows.map((row) => ({
      id: row.id,
      roomId: row.room_id,
      userId: row.user_id,
      content: row.content,
      clientId: row.client_id,
      createdAt: row.created_at.toISOString(),
    }));
  }

  async count(roomIds: readonly string[]): Promise<number> {
    const [row] = await this.#db<MessageRow>('messages')
      .whereIn('room_id', [...roomIds])
      .count<{ count: string | number }[]>();
    return Number(row?.count);
  }

  /** The number of the room's last message. */
  async last(roomId: string): Promise<number> {
    const [row] = await this.#db<MessageRow>('messages')
      .where({ room_id: roomId })
      .max<{ max: number | null }[]>('id');
    return row?.max ?? 0;
  }

  async fill(roomId: string, userId: string, count: number): Promise<void> {
    await this.#db.raw(
      `insert into messages (room_id, user_id, content, client_id, created_at)
       select ?, ?, 'message ' || n || repeat(' and more', 8), 'filled-' || n, now()
         from generate_series(1, ?::int) n`,
      [roomId, userId, count],
    );
    await this.#db.raw('vacuum analyze messages');
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
