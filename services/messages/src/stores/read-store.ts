import type { DeliveryPosition, ReadPosition } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { Recipient } from '../domain/message-status.ts';

/** What every advance begins with: up to which number each asks, no number where there is no such message. */
const askedPositions = `asked as (
  select a.n, a.room_id, a.user_id, case when a.message_id is null then r.seq else m.seq end as seq
    from unnest(:rooms::uuid[], :users::uuid[], :messages::uuid[]) with ordinality as a (room_id, user_id, message_id, n)
    join rooms r on r.id = a.room_id
    left join timeline m on m.room_id = a.room_id and m.id = a.message_id and m.kind = 'message'
), wanted as (
  select room_id, user_id, max(seq) as seq from asked where seq is not null group by room_id, user_id
)`;

interface Asked {
  roomId: string;
  userId: string;
  messageId: string | null;
}
const bindings = (asked: readonly Asked[]) => ({
  rooms: asked.map((one) => one.roomId),
  users: asked.map((one) => one.userId),
  messages: asked.map((one) => one.messageId),
});

/** How far each member has read, and how far the room has reached their devices. Positions only advance. */
export class ReadStore {
  /**
   * Advances positions, one per room and user: up to a message (`messageId`) or to the room's end (null). Answers, in the order asked,
   * the position now and whether it moved; undefined where there is no such message.
   */
  async advance(db: Queryable, asked: readonly Asked[], now: Date): Promise<({ position: ReadPosition; moved: boolean } | undefined)[]> {
    const { rows } = await db.raw<{ rows: { n: number; room_id: string; user_id: string; seq: number; read_at: Date; moved: boolean }[] }>(
      `with ${askedPositions}, moved as (
         insert into read_positions (room_id, user_id, seq, read_at, delivered_seq)
         select room_id, user_id, seq, :now, seq from wanted order by room_id, user_id
         on conflict (room_id, user_id) do update
           set seq = excluded.seq, read_at = excluded.read_at, delivered_seq = greatest(read_positions.delivered_seq, excluded.seq)
           where read_positions.seq < excluded.seq or read_positions.read_at is null
         returning room_id, user_id, seq, read_at
       )
       select a.n, a.room_id, a.user_id, coalesce(v.seq, p.seq) as seq, coalesce(v.read_at, p.read_at) as read_at, v.seq is not null as moved
         from asked a
         left join moved v on v.room_id = a.room_id and v.user_id = a.user_id
         left join read_positions p on p.room_id = a.room_id and p.user_id = a.user_id
        where a.seq is not null`,
      { now, ...bindings(asked) },
    );
    const answers: ({ position: ReadPosition; moved: boolean } | undefined)[] = asked.map(() => undefined);
    for (const row of rows) answers[row.n - 1] = { position: toPosition(row), moved: row.moved };
    return answers;
  }

  /** The same for what has reached a member's devices; reading has advanced that already. */
  async advanceDelivery(db: Queryable, asked: readonly Asked[]): Promise<({ position: DeliveryPosition; moved: boolean } | undefined)[]> {
    const { rows } = await db.raw<{ rows: { n: number; room_id: string; user_id: string; seq: number; moved: boolean }[] }>(
      `with ${askedPositions}, moved as (
         insert into read_positions (room_id, user_id, delivered_seq)
         select room_id, user_id, seq from wanted order by room_id, user_id
         on conflict (room_id, user_id) do update set delivered_seq = excluded.delivered_seq
           where read_positions.delivered_seq < excluded.delivered_seq
         returning room_id, user_id, delivered_seq
       )
       select a.n, a.room_id, a.user_id, coalesce(v.delivered_seq, p.delivered_seq) as seq, v.delivered_seq is not null as moved
         from asked a
         left join moved v on v.room_id = a.room_id and v.user_id = a.user_id
         left join read_positions p on p.room_id = a.room_id and p.user_id = a.user_id
        where a.seq is not null`,
      bindings(asked),
    );
    const answers: ({ position: DeliveryPosition; moved: boolean } | undefined)[] = asked.map(() => undefined);
    for (const { n, room_id: roomId, user_id: userId, seq, moved } of rows) answers[n - 1] = { position: { roomId, userId, seq }, moved };
    return answers;
  }

  /**
   * Of each room's members, those who decide how far its messages have come: who is furthest behind in reading, in delivery, and longest
   * there; two of each, since a message's own sender does not count.
   */
  async furthestBehind(db: Queryable, roomIds: readonly string[]): Promise<Map<string, Recipient[]>> {
    const { rows } = await db.raw<{
      rows: { room_id: string; user_id: string; joined_seq: number; read_seq: number; delivered_seq: number }[];
    }>(
      `with people as (
         select m.room_id, m.user_id, m.joined_seq, greatest(m.joined_seq, p.seq) as read_seq,
                greatest(m.joined_seq, p.delivered_seq) as delivered_seq
           from members m left join read_positions p on p.room_id = m.room_id and p.user_id = m.user_id
          where m.room_id = any(:roomIds::uuid[]) and m.active
       ), ranked as (
         select *, row_number() over (partition by room_id order by read_seq) as by_read,
                row_number() over (partition by room_id order by delivered_seq) as by_delivery,
                row_number() over (partition by room_id order by joined_seq) as by_join
           from people
       )
       select room_id, user_id, joined_seq, read_seq, delivered_seq from ranked where by_read <= 2 or by_delivery <= 2 or by_join <= 2`,
      { roomIds },
    );
    const found = new Map<string, Recipient[]>();
    for (const row of rows) {
      const { user_id: userId, joined_seq: joinedSeq, read_seq: readSeq, delivered_seq: deliveredSeq } = row;
      found.set(row.room_id, [...(found.get(row.room_id) ?? []), { userId, joinedSeq, readSeq, deliveredSeq }]);
    }
    return found;
  }

  async positions(db: Queryable, roomId: string, limit: number): Promise<ReadPosition[]> {
    const rows = await db('read_positions as p')
      .join('members as m', (on) => on.on('m.room_id', 'p.room_id').andOn('m.user_id', 'p.user_id'))
      .where({ 'p.room_id': roomId, 'm.active': true })
      .whereNotNull('p.read_at')
      .orderBy('p.seq', 'desc')
      .limit(limit)
      .select('p.room_id', 'p.user_id', 'p.seq', 'p.read_at');
    return rows.map(toPosition);
  }

  /** Rooms of a user with messages of others that they have not read; counting stops at `most` for each. */
  async unread(db: Queryable, userId: string, most: number): Promise<{ roomId: string; unread: number; seq: number; readSeq: number }[]> {
    const { rows } = await db.raw<{ rows: { room_id: string; unread: number; seq: number; read_seq: number }[] }>(
      `select m.room_id, r.seq, coalesce(p.seq, 0) as read_seq, u.unread
         from members m
         join rooms r on r.id = m.room_id
         left join read_positions p on p.room_id = m.room_id and p.user_id = m.user_id
         cross join lateral (
           select count(*) as unread from (
             select from timeline t
              where t.room_id = m.room_id and t.seq > coalesce(p.seq, 0) and t.kind = 'message' and t.deleted_at is null
                and t.sender_id <> m.user_id
              limit :most
           ) limited
         ) u
        where m.user_id = :userId and m.active and r.seq > coalesce(p.seq, 0) and u.unread > 0
        order by m.room_id`,
      { userId, most },
    );
    return rows.map((row) => ({ roomId: row.room_id, unread: row.unread, seq: row.seq, readSeq: row.read_seq }));
  }
}

const toPosition = (row: { room_id: string; user_id: string; seq: number; read_at: Date }): ReadPosition => ({
  roomId: row.room_id,
  userId: row.user_id,
  seq: row.seq,
  readAt: row.read_at.toISOString(),
});
