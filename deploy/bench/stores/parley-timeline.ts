import { connectDatabase, type Database } from '@parley/database';
import { pause } from '@parley/runtime/async';

/** Direct access to Parley's stored messages, to count them and to fill long rooms in bulk. */
export class ParleyTimeline {
  readonly #db: Database;

  constructor(url: string) {
    this.#db = connectDatabase({ url, schema: 'messages', statementTimeoutMs: 600_000 });
  }

  async count(roomIds: readonly string[]): Promise<number> {
    const { rows } = await this.#db.raw(
      "select count(*) from timeline where room_id = any(?::uuid[]) and kind = 'message'",
      [[...roomIds]],
    );
    return Number(rows[0].count);
  }

  /**
   * Appends `count` messages to an otherwise idle room, numbered as its writer would.
   * @param userId the member who joined last: earlier joins are stored before
   */
  async fill(roomId: string, userId: string, count: number): Promise<void> {
    // Events bring a new room and its members.
    const join = { room_id: roomId, sender_id: userId, kind: 'joined' };
    for (let checks = 1; !(await this.#db('timeline').where(join).first('seq')); checks++) {
      if (checks === 300) throw new Error(`messages has not learnt of a member of ${roomId} in 30 s`);
      await pause(100);
    }
    await this.#db.transaction(async (trx) => {
      const { rows } = await trx.raw('select seq from rooms where id = ? for update', [roomId]);
      await trx.raw(
        `insert into timeline
           (room_id, seq, changed_seq, id, kind, sender_id, sender_name, client_key, content, created_at)
         select ?, ?::bigint + n, ?::bigint + n, gen_random_uuid(), 'message', ?, 'filler', 'filled-' || n,
                'message ' || n || repeat(' and more', 8), now()
           from generate_series(1, ?::int) n`,
        [roomId, rows[0].seq, rows[0].seq, userId, count],
      );
      await trx.raw('update rooms set seq = seq + ? where id = ?', [count, roomId]);
    });
    await this.#db.raw('vacuum analyze timeline');
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
